// How the hosts of a module do in one interval beside each other, under the adaptive
// policy: for each host, what the others show can be expected. docs/balancing.md says why.
// One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "weighted_turn.h"

namespace lars {

class interval_comparison {
public:
    // A host that others may be compared with. RATE is what it fails lately, 0 to 1. RAMPING
    // is for one in its slow start, which counts only where no other is left.
    void add(host_slot host, double rate, bool ramping)
    {
        (ramping ? _ramping : _steady).lately.add(host, rate);
    }
    // Of a host that was added: its calls in the interval, of which there is one.
    void add_calls(host_slot host, bool ramping, uint64_t successes, uint64_t failures)
    {
        const auto calls = static_cast<double>(successes + failures);
        (ramping ? _ramping : _steady).in_interval.add(host, static_cast<double>(failures) / calls);
    }

    // How much the best of the others fails lately, or in the interval if one of them had a
    // success in it, whichever is more. 1 if there is nothing to compare with.
    double rate_of_best_other(host_slot judged) const
    {
        const side &others = others_of(judged);
        const double lately = std::min(1.0, others.lately.without(judged));
        const double in_interval = others.in_interval.without(judged);
        return in_interval < 1 ? std::max(lately, in_interval) : lately;
    }
    // Whether one of the others had a success in the interval.
    bool another_succeeded(host_slot judged) const
    {
        return others_of(judged).in_interval.without(judged) < 1;
    }

private:
    // The least of some hosts' numbers, and the least of all but one.
    class least {
    public:
        void add(host_slot host, double value)
        {
            if (value < _least) {
                _second = _least;
                _least = value;
                _host = host;
            } else {
                _second = std::min(_second, value);
            }
        }
        double without(host_slot host) const { return host == _host ? _second : _least; }

    private:
        double _least = std::numeric_limits<double>::infinity();
        double _second = std::numeric_limits<double>::infinity();
        host_slot _host = 0;
    };
    struct side {
        least lately;
        least in_interval;
    };

    const side &others_of(host_slot judged) const
    {
        return _steady.lately.without(judged) < 1 ? _steady : _ramping;
    }

    side _steady;
    side _ramping;
};

}  // namespace lars
