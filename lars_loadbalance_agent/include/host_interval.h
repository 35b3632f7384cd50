// What the clients of the table did with one host in one interval: the sums of what they
// have counted, without any order. A value like any other; any thread.
#pragma once

#include <cstdint>

#include "weighted_turn.h"

namespace lars {

struct host_interval {
    // The choices made, with those that took an offered probe; and these alone. Where all
    // hosts are refused (policy course), a choice that found none counts with any host.
    uint64_t choices = 0;
    uint64_t probes = 0;
    // The calls reported, by what the host was in the table: idle, or set aside; and apart
    // those that had begun before it was that.
    uint64_t successes = 0;
    uint64_t failures = 0;
    uint64_t probe_successes = 0;
    uint64_t probe_failures = 0;
    uint64_t late_successes = 0;
    uint64_t late_failures = 0;
    // Of failures and probe_failures, as policy course weighs them.
    uint64_t failure_weight = 0;
    // The calls with the same outcome up to the last one that is not late: successes above
    // 0, failures below. It may have begun before the interval.
    int64_t run = 0;

    // Takes in what another client did in the same interval. Runs of the same outcome add
    // up if OTHER had no call with another; otherwise OTHER's is the one that counts.
    void add(const host_interval &other);

    bool any() const { return (choices | probes | all_successes() | all_failures()) > 0; }
    // How many choices were no probes.
    uint64_t plain_choices() const { return choices > probes ? choices - probes : 0; }
    // All calls, the late ones too.
    uint64_t all_successes() const { return successes + probe_successes + late_successes; }
    uint64_t all_failures() const { return failures + probe_failures + late_failures; }

    // The calls that say something about a host in the state that it is in now: those
    // reported when it was in that state, and not late.
    struct outcome {
        uint64_t successes = 0;
        uint64_t failures = 0;
        uint64_t failure_weight = 0;
        int64_t run = 0;  // within the interval

        uint64_t calls() const { return successes + failures; }
    };
    outcome of_state(bool overloaded) const;
};

// That of the host with this number.
struct slot_interval {
    host_slot host;
    host_interval counted;
};

}  // namespace lars
