#include "comparison.h"

#include <algorithm>
#include <cstdio>

namespace lars::bench {

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

namespace {

struct column {
    std::vector<double> ours, floor, ratios;

    void add(double of_ours, double of_floor)
    {
        ours.push_back(of_ours);
        floor.push_back(of_floor);
        ratios.push_back(of_ours / of_floor);
    }
    void print(const std::string &name, const char *unit, int digits) const
    {
        std::printf("%-34s %-12s %12.*f %12.*f %8.2f\n", name.c_str(), unit, digits, median(ours),
                    digits, median(floor), median(ratios));
    }
};

}  // namespace

void print_heading()
{
    std::printf("%-34s %-12s %12s %12s %8s\n", "what", "", "Lars", "floor", "ratio");
}

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
    rate.print(name, "calls/s", 0);
    if (median(cpu.floor) > 0)
        cpu.print("", "cpu us/call", 2);
    std::fflush(stdout);
    return true;
}

}  // namespace lars::bench
