// lars_bench [ROUNDS [SECONDS]]: see comparison.h.
#include <cstdio>
#include <cstdlib>

#include "comparison.h"

int main(int argc, char **argv)
{
    using namespace lars::bench;
    bench_settings settings;
    if (argc > 1)
        settings.rounds = std::atoi(argv[1]);
    if (argc > 2)
        settings.seconds = std::atof(argv[2]);
    if (argc > 3 || settings.rounds < 1 || settings.rounds > 1000 ||
        !(settings.seconds > 0 && settings.seconds < 3600)) {
        std::fprintf(stderr, "usage: lars_bench [ROUNDS [SECONDS]]\n");
        return 2;
    }
    print_heading();
    for (auto *part : {bench_echo, bench_dns, bench_agent, bench_reporter, bench_push}) {
        if (!part(settings))
            return 1;
    }
    return 0;
}
