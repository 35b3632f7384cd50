#include "comparison.h"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace lars::bench {
namespace {

struct column {
    std::vector<double> ours, floor, ratios;

    void add(double of_ours, double of_floor)
    {
        ours.push_back(of_ours);
        floor.push_back(of_floor);
        ratios.push_back(of_ours / of_floor);
    }
    bench_line line(const std::string &name, const char *unit, int digits) const
    {
        const auto [lowest, highest] = std::minmax_element(ratios.begin(), ratios.end());
        return {name, unit, digits, median(ours), median(floor), median(ratios), *lowest, *highest};
    }
};

}  // namespace

bool compare(const std::string &name, const bench_settings &settings,
             const std::function<measurement()> &ours, const std::function<measurement()> &floor)
{
    column rate, cpu;
    for (int round = 0; round < settings.rounds; ++round) {
        const measurement below = floor();
        const measurement above = below.error.empty() ? ours() : measurement();
        const std::string &error = below.error.empty() ? above.error : below.error;
        if (!error.empty()) {
            std::fprintf(stderr, "%s: %s: %s\n", name.c_str(),
                         below.error.empty() ? "Lars" : "floor", error.c_str());
            return false;
        }
        rate.add(above.calls_per_second(), below.calls_per_second());
        cpu.add(above.cpu_us_per_call(), below.cpu_us_per_call());
    }
    settings.table->add(rate.line(name, "calls/s", 0));
    if (median(cpu.floor) > 0)
        settings.table->add(cpu.line("", "cpu us/call", 2));
    return true;
}

}  // namespace lars::bench
