#include "change_rounds.h"

#include <cstdio>
#include <thread>

namespace lars::bench {

bool measure_changes(const change_rounds &rounds, watchers *all, std::vector<double> *latencies)
{
    for (int i = 0; i < rounds.changes; ++i) {
        const bool added = i % 2 == 0;
        const std::string news = rounds.news(added);
        // Who polls must find the change at any moment of its interval, not always at the same.
        if (!rounds.moment)
            std::this_thread::sleep_for(std::chrono::milliseconds(50 + 7 * i % 100));
        else if (!rounds.moment())
            return std::fprintf(stderr, "%s: the moment of a change does not come\n", rounds.name),
                   false;
        const auto begin = bench_clock::now();
        if (!rounds.write(added))
            return std::fprintf(stderr, "%s: a change fails\n", rounds.name), false;
        const auto end = all->wait_for(news, news.size() + rounds.more);
        if (end == bench_clock::time_point())
            return false;
        latencies->push_back(std::chrono::duration<double, std::milli>(end - begin).count());
    }
    return true;
}

}  // namespace lars::bench
