// bench_big [--write PAGE] [ROUNDS [SECONDS [PART...]]]: see bench_command.h and big_bench.h.
#include <memory>

#include "bench_command.h"
#include "big_bench.h"

int main(int argc, char **argv)
{
    using namespace lars::bench;
    std::unique_ptr<big_bench> all;
    const auto with_all = [&all](bool (*part)(big_bench *)) {
        return [&all, part](const bench_settings &) { return part(all.get()); };
    };
    const std::vector<bench_part> parts = {{"memory", with_all(bench_big_memory)},
                                           {"start", with_all(bench_big_start)},
                                           {"idle", with_all(bench_big_idle)},
                                           {"lookups", with_all(bench_big_lookups)},
                                           {"change", with_all(bench_big_change_cost)},
                                           {"changes", with_all(bench_big_changes)},
                                           {"compared", with_all(bench_big_compared)},
                                           {"memory-after", with_all(bench_big_memory_after)}};
    bench_command command;
    if (!parse_bench_command("bench_big", {argv + 1, argv + argc}, parts, &command))
        return 2;
    bench_table table("1,000,000 routes", "redis");
    command.settings.table = &table;
    all = std::make_unique<big_bench>();
    all->settings = command.settings;
    return start_big(all.get()) && run_bench(command, "make bench-big") ? 0 : 1;
}
