// The hosts of a scenario as real servers. Usage: lars_play_backends SCENARIO --ready-fd N
// Each host is a TCP server on a free port of loopback, in the order of the scenario, whose
// time begins with the first call. A call is a frame with id 1; the answer has id 2 and
// says "well" or "failed", as late as the scenario says.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <random>

#include "event_loop.h"
#include "scripted_host.h"
#include "service.h"
#include "tcp_server.h"
#include "timeline.h"

using namespace lars;

namespace {

class backends {
public:
    explicit backends(const scenario &played) : _timeline(played)
    {
        for (const scenario::host &host : played.hosts)
            _hosts.push_back({std::make_unique<tcp_server>(&_loop), scripted_host(host)});
    }

    status serve(int ready_fd)
    {
        std::vector<endpoint> addresses;
        for (size_t i = 0; i < _hosts.size(); ++i) {
            tcp_server &server = *_hosts[i].server;
            status s = server.add_msg_router(
                1, [this, i](const char *, uint32_t, int, net_connection &conn) {
                    answer(i, conn.id());
                });
            if (s)
                s = server.bind({0x7f000001, 0});
            if (s)
                s = server.start();
            if (!s)
                return s;
            addresses.push_back(server.address());
        }
        announce_ready(ready_fd, addresses);
        return _loop.event_process();
    }

private:
    struct backend {
        std::unique_ptr<tcp_server> server;
        scripted_host behaviour;
    };

    void answer(size_t host, uint64_t caller)
    {
        const auto now = event_loop::clock::now();
        if (!_began)
            _began = now;
        const scenario::time time = now - *_began;
        _timeline.advance(time, [this](const scenario::event &event, scenario::time) {
            for (size_t i = event.first; i <= event.last; ++i)
                _hosts[i].behaviour.behave(event.fails, event.takes);
        });
        scripted_host &called = _hosts[host].behaviour;
        const bool well = called.call(time, std::generate_canonical<double, 53>(_random));
        const auto takes = std::chrono::duration_cast<std::chrono::milliseconds>(called.takes());
        _loop.run_after(takes, [this, host, caller, well] {
            const char *text = well ? "well" : "failed";
            _hosts[host].server->send_message(caller, text, std::strlen(text), 2);
        });
    }

    event_loop _loop;
    timeline _timeline;
    std::vector<backend> _hosts;
    std::optional<event_loop::clock::time_point> _began;
    std::mt19937_64 _random{std::random_device{}()};
};

}  // namespace

int main(int argc, char **argv)
{
    scenario played;
    if (argc != 4 || std::strcmp(argv[2], "--ready-fd") != 0) {
        std::fprintf(stderr, "usage: lars_play_backends SCENARIO --ready-fd N\n");
        return 2;
    }
    status s = read_scenario(argv[1], &played);
    if (s)
        s = backends(played).serve(std::atoi(argv[3]));
    std::fprintf(stderr, "lars_play_backends: %s\n", s.message().c_str());
    return 1;
}
