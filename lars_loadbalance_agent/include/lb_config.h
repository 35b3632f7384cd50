// The values of the rules for choosing hosts and for overload, the section
// [loadbalance]. A value like any other, and any thread may use it.
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
};

struct lb_config {
    using seconds = std::chrono::seconds;

    uint32_t probe_num = 10;          // choices between two probes of overloaded hosts
    uint32_t init_succ_cnt = 180;     // successes an idle host starts with
    uint32_t init_err_cnt = 5;        // failures an overloaded host starts with
    ratio err_rate{1, 10};            // more failures than this: overload
    ratio succ_rate{95, 100};         // more successes than this: idle again
    uint32_t contin_err_limit = 15;   // so many failed calls in a row: overload
    uint32_t contin_succ_limit = 15;  // so many successes in a row: idle again
    ratio window_err_rate{7, 10};     // a bad window; two in a row: overload

    seconds idle_timeout{15};      // the length of a window
    seconds overload_timeout{15};  // an overloaded host is tried again after this
    seconds update_timeout{15};    // a route older than this is asked for again
    seconds report_interval{15};   // how often sums go to the reporter
};

}  // namespace lars
