// A load_balance under the course's policy, with a clock that only the test moves, and
// short words for what is done to it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "course_policy.h"
#include "load_balance.h"
#include "messages.h"

namespace lars::test {

using std::chrono::seconds;

inline lb_config course_rules()
{
    lb_config config;
    config.policy = balance_policy::course;
    return config;
}

inline std::vector<route_host> hosts_of(const std::vector<std::string> &texts)
{
    std::vector<route_host> all;
    for (const std::string &text : texts)
        all.push_back({host(text)});
    return all;
}

// Each host is named by one letter, "A" being 10.0.0.65:1000.
inline endpoint named(char name)
{
    return {0x0a000000u + static_cast<uint32_t>(name), 1000};
}

class scripted_hosts {
public:
    scripted_hosts() = default;
    explicit scripted_hosts(const std::string &names) { update(names); }

    void update(const std::string &names)
    {
        std::vector<route_host> route;
        for (char name : names)
            route.push_back({named(name)});
        hosts.update(route, config, now);
    }

    // The letter of the host; '-' for overloaded, '?' where there are no hosts.
    char choose()
    {
        endpoint chosen;
        switch (hosts.choose_host(config, now, &chosen)) {
        case load_balance::choice::host: return static_cast<char>(chosen.ip & 0xff);
        case load_balance::choice::overloaded: return '-';
        case load_balance::choice::no_hosts: break;
        }
        return '?';
    }
    std::string choose(int times)
    {
        std::string chosen;
        while (times-- > 0)
            chosen += choose();
        return chosen;
    }

    void succeed(char name, int times = 1) { report(name, true, times, 0); }
    void fail(char name, int times = 1, uint32_t timecost = 0)
    {
        report(name, false, times, timecost);
    }

    void report(char name, bool success, int times, uint32_t timecost)
    {
        while (times-- > 0) {
            if (const auto change = hosts.report(named(name), success, timecost, config, now))
                note(*change);
        }
    }

    // Moves the clock and runs the timer, as the server does.
    void pass(std::chrono::milliseconds time)
    {
        const lb_time until = now + time;
        for (auto next = hosts.next_deadline(); next && *next <= until;
             next = hosts.next_deadline()) {
            now = *next;
            for (const host_change &change : hosts.check_deadlines(config, now))
                note(change);
        }
        now = until;
    }

    void overload(char name)
    {
        ASSERT_TRUE(hosts.slot_of(named(name)));
        for (int i = 0; i < 1000 && !overloaded(name); ++i)
            fail(name, 1, 100000);
        ASSERT_TRUE(overloaded(name));
    }

    bool overloaded(char name) const { return hosts.overloaded(named(name)); }
    const host_health &health(char name) const
    {
        return static_cast<const course_policy *>(hosts.policy())
            ->health(hosts.slot_of(named(name)).value());
    }
    const host_health::counts &info(char name) const { return health(name).counted(); }

    // "A 3 1, B! 0 0": successes and failures of each, '!' for overloaded.
    std::string sums()
    {
        std::string text;
        for (const auto &sum : hosts.take_calls()) {
            text += text.empty() ? "" : ", ";
            text += static_cast<char>(sum.address.ip & 0xff);
            text += (sum.overloaded ? "! " : " ") + std::to_string(sum.succ) + " " +
                    std::to_string(sum.err);
        }
        return text;
    }

    // No run of successes or failures is long enough to count.
    void without_run_limits() { config.contin_err_limit = config.contin_succ_limit = 1000000; }

    load_balance hosts;
    lb_config config = course_rules();
    lb_time now{seconds(1000)};
    std::vector<std::string> changes;  // "A+ why" to overload, "A- why" to idle

private:
    void note(const host_change &change)
    {
        changes.push_back(std::string(1, static_cast<char>(change.address.ip & 0xff)) +
                          (change.overloaded ? "+ " : "- ") + reason_of(change.why));
    }
};

}  // namespace lars::test
