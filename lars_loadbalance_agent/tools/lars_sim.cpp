#include "simulation.h"
#include <cstdio>
#include <cstdlib>
using namespace lars;
int main(int argc, char **argv)
{
    int seeds = std::atoi(argv[1]);
    for (int a = 2; a < argc; ++a) {
        scenario s;
        if (status st = read_scenario(argv[a], &s); !st) {
            fprintf(stderr, "%s\n", st.message().c_str());
            return 1;
        }
        for (auto who : {player::adaptive, player::round_robin}) {
            for (int seed = 1; seed <= seeds; ++seed) {
                auto r = simulate(s, who, {}, seed);
                printf("%-40s %-11s bad %.4f%% refused %lu outage %.2f aside %.3f%% maxshare %.2f "
                       "off %.3f half %.1f full %.1f changes %zu\n",
                       argv[a], name_of(who), 100 * r.bad(), r.refused,
                       r.longest_outage.count() / 1e9, 100 * r.set_aside, r.greatest_share,
                       r.share_off, r.to_half.count() / 1e9, r.to_full.count() / 1e9,
                       r.changes.size());
            }
        }
    }
}
