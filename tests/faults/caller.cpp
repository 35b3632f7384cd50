#include "caller.h"

#include "endpoint.h"
#include "lars_client.h"

namespace lars::faults {

caller::caller(checker &judge, const caller_options &options)
    : _judge(judge), _options(options), _thread([this] { run(); })
{
}

caller::~caller()
{
    end();
}

void caller::end()
{
    _ending = true;
    if (_thread.joinable())
        _thread.join();
}

void caller::run()
{
    lars_client client(_options.ip, _options.port);
    client.set_deadline(static_cast<int>(_options.deadline.count()));
    const auto pause = std::chrono::microseconds(1000000 / _options.rate);
    auto next = steady::now();
    for (int call = 0; !_ending; ++call) {
        const int modid = call % MODULES + 1;
        std::string ip;
        int port = 0;
        const bool checked = _checking;
        const auto asked = steady::now();
        const int retcode = client.get_host(modid, 1, ip, port);
        if (checked)
            _judge.answered(modid, retcode, parse_ip(ip).value_or(0), port, asked);
        if (retcode == lars_client::RET_SUCC)
            client.report(modid, 1, ip, port, 0, 1);
        const int tally = _reported;
        if (checked && call % _options.tally_each == 0 && tally < TALLIES &&
            client.report(TALLY_FIRST + tally, 1, TALLY_IP, TALLY_PORT, 0) == lars_client::RET_SUCC)
            _reported = tally + 1;
        // Calls that were held up are not made up for.
        next = std::max(next + pause, steady::now() - pause);
        std::this_thread::sleep_until(next);
    }
}

}  // namespace lars::faults
