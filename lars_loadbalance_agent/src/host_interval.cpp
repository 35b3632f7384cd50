#include "host_interval.h"

#include <algorithm>

namespace lars {

// What one failure weighs at most.
static constexpr uint64_t MAX_WEIGHT = 50;

// The part of RUN that lies within so many successes and failures.
static int64_t run_within(int64_t run, uint64_t successes, uint64_t failures)
{
    const auto most = static_cast<int64_t>(successes), least = -static_cast<int64_t>(failures);
    if (failures == 0)
        return most;
    return successes == 0 ? least : std::clamp(run, least, most);
}

void host_interval::add(const host_interval &other)
{
    const uint64_t succeeded = other.successes + other.probe_successes;
    const uint64_t failed = other.failures + other.probe_failures;
    const int64_t others = run_within(other.run, succeeded, failed);
    const bool goes_on = (failed == 0 && run > 0) || (succeeded == 0 && run < 0);
    if (succeeded + failed > 0)
        run = goes_on ? run + others : others;
    choices += other.choices;
    probes += other.probes;
    successes += other.successes;
    failures += other.failures;
    probe_successes += other.probe_successes;
    probe_failures += other.probe_failures;
    late_successes += other.late_successes;
    late_failures += other.late_failures;
    failure_weight += other.failure_weight;
}

host_interval::outcome host_interval::of_state(bool overloaded) const
{
    outcome o;
    o.successes = overloaded ? probe_successes : successes;
    o.failures = overloaded ? probe_failures : failures;
    // What those weigh that were reported in the other state is not known apart.
    const uint64_t all = failures + probe_failures;
    if (all > 0) {
        const double part = static_cast<double>(o.failures) / static_cast<double>(all);
        const auto weight = static_cast<uint64_t>(part * static_cast<double>(failure_weight));
        o.failure_weight = std::clamp(weight, o.failures, MAX_WEIGHT * o.failures);
    }
    o.run = run_within(run, o.successes, o.failures);
    return o;
}

}  // namespace lars
