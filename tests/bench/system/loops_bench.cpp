// Two worker loops against one.
#include "parts.h"
#include "tcp_servers.h"

namespace lars::bench {

// Enough to do for both loops, from two threads.
static constexpr load_shape SHAPE{50, 16};

static bool compare_loops(const std::string &name, const bench_settings &settings,
                          const tcp_load_options &two, const tcp_load_options &one)
{
    const auto run = [&](const tcp_load_options &options) {
        return run_tcp_load(SHAPE.of(options, settings.seconds), 2);
    };
    return compare(
        name + ", 2 loops / 1 loop", settings, [&] { return run(two); }, [&] { return run(one); });
}

bool bench_loops(const bench_settings &settings)
{
    {
        echo_server one, two;
        if (!one.start({"echo", "1"}) || !two.start({"echo", "2"}) ||
            !compare_loops("tcp echo", settings, two.load(), one.load()))
            return false;
    }
    lookup_server one, two;
    return one.start(1) && two.start(2) &&
           compare_loops("dns lookup", settings, two.load(), one.load());
}

}  // namespace lars::bench
