// As many connections at once as there are descriptors, against 50.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "parts.h"
#include "tcp_servers.h"

namespace lars::bench {

// More take longer to set up than to measure.
static constexpr rlim_t MOST = 20000;
// For what else a process has open.
static constexpr rlim_t RESERVE = 100;

// Lets this process, and those that it starts from now on, have as many descriptors as they
// may. Returns how many connections that allows.
static int raise_limit()
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<int>(std::min(MOST, limit.rlim_max - std::min(RESERVE, limit.rlim_max)));
}

// Each connection has had an answer before anything is counted. Both loads stay connected: each is idle while the other is measured.
static bool compare_with_few(const std::string &name, const bench_settings &settings,
                             const tcp_load_options &server, int connections)
{
    tcp_load all(load_shape{connections, 1}.of(server, settings.seconds));
    tcp_load few(load_shape{50, 1}.of(server, settings.seconds));
    for (tcp_load *load : {&few, &all}) {
        bool good = load->start();
        while (good && load->answered() < (load == &all ? connections : 50))
            good = load->step() >= 0;
        if (!good)
            return std::fprintf(stderr, "%s: %s\n", name.c_str(), load->error().c_str()), false;
    }
    return compare(
        name + ", " + std::to_string(connections) + " x 1 / 50 x 1", settings,
        [&] { return all.run(); }, [&] { return few.run(); });
}

bool bench_limit(const bench_settings &settings)
{
    const int connections = raise_limit() - 50;
    // The first shows what of it is the kernel's.
    for (const auto &[name, arguments] :
         std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"bare echo", {"bare-tcp"}}, {"tcp echo", {"echo", "0"}}}) {
        echo_server echo;
        if (!echo.start(arguments) || !compare_with_few(name, settings, echo.load(), connections))
            return false;
    }
    lookup_server dns;
    return dns.start(1, static_cast<int>(MOST)) &&
           compare_with_few("dns lookup", settings, dns.load(), connections);
}

}  // namespace lars::bench
