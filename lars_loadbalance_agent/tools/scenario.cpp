#include "scenario.h"

namespace lars {

uint64_t scenario::total_calls() const
{
    return static_cast<uint64_t>(calls * std::chrono::duration<double>(duration).count());
}

std::vector<double> scenario::fair_shares() const
{
    double all = 0;
    for (const host &h : hosts)
        all += h.weight;
    std::vector<double> shares;
    for (const host &h : hosts)
        shares.push_back(h.weight / all);
    return shares;
}

}  // namespace lars
