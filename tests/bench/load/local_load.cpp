#include "local_load.h"

#include <algorithm>
#include <memory>
#include <thread>

namespace lars::bench {

static constexpr std::chrono::milliseconds PAUSE(10);

// How often all modules are gone through, so that looking at the clock costs nothing.
static int passes_of(int modules)
{
    constexpr int PAIRS = 1000;
    return std::max(1, PAIRS / modules);
}

local_load::local_load(const local_load_options &options)
    : _options(options),
      _passes(options.local ? passes_of(options.modules) : 1),
      _client(options.agent_ip, options.agent_port)
{
    _client.use_local(options.local);
}

bool local_load::ask_for_all()
{
    bool ready = true;
    for (int i = 0; i < _options.modules; ++i) {
        const std::string module =
            "(" + std::to_string(_options.modid) + "," + std::to_string(_options.cmdid + i) + ")";
        int port = 0;
        const int retcode = _client.get_host(_options.modid, _options.cmdid + i, _ip, port);
        if (retcode == lars_client::RET_SUCC && _client.is_local() == _options.local)
            continue;
        ready = false;
        if (retcode == lars_client::RET_SYSTEM_ERROR) {
            _why = _client.error();
            break;  // one for all, as each waits until its deadline
        }
        if (retcode == lars_client::RET_SUCC)
            _why = "the local path is not met: " + _client.local_error();
        else
            _why = module + ": " + lars_client::retcode_name(retcode);
    }
    return ready;
}

status local_load::prepare()
{
    const auto end = bench_clock::now() + _options.prepared_within;
    while (!ask_for_all()) {
        if (bench_clock::now() > end)
            return status::error(_why);
        std::this_thread::sleep_for(PAUSE);
    }
    return {};
}

int local_load::pairs(std::string *error)
{
    int port = 0;
    for (int pass = 0; pass < _passes; ++pass) {
        for (int i = 0; i < _options.modules; ++i) {
            const int cmdid = _options.cmdid + i;
            const int retcode = _client.get_host(_options.modid, cmdid, _ip, port);
            if (retcode != lars_client::RET_SUCC ||
                _client.report(_options.modid, cmdid, _ip, port, 0) != lars_client::RET_SUCC) {
                *error = lars_client::retcode_name(retcode) + (" " + _client.error());
                return -1;
            }
        }
    }
    if (_client.is_local() != _options.local) {
        *error = "the local path was left: " + _client.local_error();
        return -1;
    }
    return _passes * _options.modules;
}

measurement local_load::run(double seconds)
{
    return measure(_options.agent, seconds, [this](std::string *error) { return pairs(error); });
}

namespace {

struct bare_module {
    static constexpr uint32_t HOSTS = 3;
    struct host {
        uint64_t address = 1;
        uint64_t choices = 0, successes = 0;
    };

    std::atomic<uint32_t> turn{0};
    host hosts[HOSTS];

    uint32_t next() { return turn.fetch_add(1, std::memory_order_relaxed) % HOSTS; }
};

}  // namespace

measurement run_bare_turns(int modules, double seconds)
{
    const auto count = static_cast<size_t>(modules);
    const auto all = std::make_unique<bare_module[]>(count);
    const int passes = passes_of(modules);
    uint64_t called = 0;
    const measurement result = measure(0, seconds, [&](std::string *) {
        for (int pass = 0; pass < passes; ++pass) {
            for (size_t i = 0; i < count; ++i) {
                bare_module::host &host = all[i].hosts[all[i].next()];
                ++host.choices;
                called += host.address;
                ++host.successes;
            }
        }
        return passes * modules;
    });
    return called > 0 ? result : failed("nothing was called");
}

}  // namespace lars::bench
