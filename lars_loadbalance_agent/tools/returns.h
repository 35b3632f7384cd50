// How soon hosts that were dead, or failed half of their calls or more, get their share
// of calls again once they do so no longer. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "scenario.h"

namespace lars {

class returns {
public:
    explicit returns(const scenario &played);

    // From NOW on the HOST fails so much of its calls, and not so much as BEFORE.
    void behaves(size_t host, scenario::time now, double before, double from_now);
    // A call goes to the HOST.
    void note_call(size_t host, scenario::time now);

    // How many hosts' returns there were to look at.
    size_t count() const { return _all.size(); }

    // The longest time until a host that came back had that PART of its fair share of the
    // calls in a second (or a longer time, where calls are few). time::max() if one never
    // had, although it did not fail again; 0 if none came back.
    scenario::time longest_to(double part) const;

private:
    struct comeback {
        size_t host;
        scenario::time begins;
        scenario::time ends;          // the host fails again, or the scenario ends
        std::vector<uint32_t> calls;  // in each step since then
    };

    size_t steps_in(const comeback &back) const;

    std::vector<double> _fair;
    double _calls_in_step;
    scenario::time _duration;
    scenario::time _step;
    std::vector<comeback> _all;
    std::vector<size_t> _current;  // of each host, its place in _all and 1; 0: none
};

}  // namespace lars
