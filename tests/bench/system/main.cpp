// bench_system [--write PAGE] [ROUNDS [SECONDS [PART...]]]: see bench_command.h and parts.h.
#include "bench_command.h"
#include "parts.h"

int main(int argc, char **argv)
{
    using namespace lars::bench;
    const std::vector<bench_part> parts = {
        {"echo", bench_echo},         {"dns", bench_dns},     {"limit", bench_limit},
        {"loops", bench_loops},       {"agent", bench_agent}, {"local", bench_local},
        {"reporter", bench_reporter}, {"push", bench_push},   {"memory", bench_memory},
    };
    bench_command command;
    if (!parse_bench_command("bench_system", {argv + 1, argv + argc}, parts, &command))
        return 2;
    bench_table table("what", "floor");
    command.settings.table = &table;
    return run_bench(command, "make bench") ? 0 : 1;
}
