// The values of the rules for choosing hosts and for overload, the section
// [loadbalance]. What they mean stands in conf/lars_lb_agent.conf and docs/balancing.md.
// A value like any other, and any thread may use it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace lars {

// A decimal number such as 0.95 as the exact fraction 95/100.
struct ratio {
    uint64_t numerator = 0;
    uint64_t denominator = 1;

    // Reads "0.95" or "1", with at most 10 digits after the point. Returns nothing if TEXT
    // is not that.
    static std::optional<ratio> parse(const std::string &text);

    // Whether PART / WHOLE is more than this ratio; whether it is this ratio or more. The
    // comparison is exact.
    bool exceeded_by(uint64_t part, uint64_t whole) const;
    bool reached_by(uint64_t part, uint64_t whole) const;

    double as_double() const
    {
        return static_cast<double>(numerator) / static_cast<double>(denominator);
    }
};

// The rules by which hosts are judged and chosen.
enum class balance_policy { adaptive, course };

struct lb_config {
    using seconds = std::chrono::seconds;
    using milliseconds = std::chrono::milliseconds;

    balance_policy policy = balance_policy::adaptive;

    // Both policies.
    uint32_t probe_num = 10;      // choices between two probes of overloaded hosts, at least
    ratio err_rate{1, 10};        // a share of failures that is no reason for overload
    seconds update_timeout{15};   // a route older than this is asked for again
    seconds report_interval{15};  // how often sums go to the reporter

    // Adaptive.
    double evidence_limit = 8;          // evidence that overloads a host
    uint32_t recent_calls = 200;        // calls that a host is remembered by
    double probe_credit = 0.5;          // evidence that a successful probe takes away
    uint32_t probe_num_max = 100;       // probe_num grows up to this while probes fail
    milliseconds probe_wait{1000};      // from overload to a host's first probe
    milliseconds probe_wait_max{5000};  // between two of its probes, at most
    milliseconds slow_start{10000};     // until a host that returns has its whole share
    double slow_start_share = 0.1;      // of it that the host begins with
    double panic_err_rate = 0.6;        // idle hosts that fail so much cannot bear the load
    uint32_t panic_calls = 10;          // not judged by fewer calls than these

    // Course.
    uint32_t init_succ_cnt = 180;     // successes an idle host starts with
    uint32_t init_err_cnt = 5;        // failures an overloaded host starts with
    ratio succ_rate{95, 100};         // more successes than this: idle again
    uint32_t contin_err_limit = 15;   // so many failed calls in a row: overload
    uint32_t contin_succ_limit = 15;  // so many successes in a row: idle again
    ratio window_err_rate{7, 10};     // a bad window; two in a row: overload
    seconds idle_timeout{15};         // the length of a window
    seconds overload_timeout{15};     // an overloaded host is tried again after this
};

}  // namespace lars
