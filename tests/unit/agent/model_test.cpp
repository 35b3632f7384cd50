// load_balance against a model that is slow and does only what the rules say,
// word for word, with doubles nowhere.
#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::scripted_hosts;

class model {
public:
    struct state {
        long vsucc = 180, verr = 0, rsucc = 0, rerr = 0, run_succ = 0, run_err = 0;
        bool overloaded = false, bad_before = false, probe_failed = false;
        long deadline = 0;
    };
    std::deque<char> idle, overload;
    std::map<char, state> hosts;
    std::map<char, std::pair<long, long>> sums;
    int count = 0;
    long now = 0;

    char choose()
    {
        if (hosts.empty())
            return '?';
        if (!overload.empty() && count == 10) {
            count = 0;
            return rotate(overload);
        }
        if (!overload.empty())
            ++count;
        return idle.empty() ? '-' : rotate(idle);
    }

    void report(char name, bool success, long timecost)
    {
        if (!hosts.count(name))
            return;
        state &h = hosts[name];
        const long n = success ? 1 : std::min(50l, std::max(1l, timecost / 100));
        (success ? h.vsucc : h.verr) += n;
        (success ? h.rsucc : h.rerr) += 1;
        (success ? sums[name].first : sums[name].second) += 1;
        h.run_succ = success ? h.run_succ + 1 : 0;
        h.run_err = success ? 0 : h.run_err + 1;
        if (h.overloaded && !success)
            h.probe_failed = true;
        if (!h.overloaded && !success && (h.verr * 10 > h.vsucc + h.verr || h.run_err >= 15))
            enter(name, true);
        else if (h.overloaded && success &&
                 (h.vsucc * 20 > (h.vsucc + h.verr) * 19 || h.run_succ >= 15))
            enter(name, false);
    }

    void update(const std::string &route)
    {
        for (char name : route) {
            if (!hosts.count(name)) {
                hosts[name].deadline = now + 15000;
                idle.push_back(name);
            }
        }
        for (auto it = hosts.begin(); it != hosts.end();) {
            if (route.find(it->first) != std::string::npos) {
                ++it;
                continue;
            }
            remove(idle, it->first);
            remove(overload, it->first);
            it = hosts.erase(it);
        }
        if (overload.empty())
            count = 0;
    }

    void pass(long time)
    {
        for (long end = now + time; now < end;) {
            long next = end;
            for (const auto &[name, host] : hosts)
                next = std::min(next, host.deadline);
            now = next;
            // Idle before overloaded, each list from its head.
            std::deque<char> order = idle;
            order.insert(order.end(), overload.begin(), overload.end());
            for (char name : order) {
                if (hosts[name].deadline == now)
                    end_of_time(name);
            }
        }
    }

private:
    static char rotate(std::deque<char> &list)
    {
        const char head = list.front();
        list.pop_front();
        list.push_back(head);
        return head;
    }
    static void remove(std::deque<char> &list, char name)
    {
        list.erase(std::remove(list.begin(), list.end(), name), list.end());
    }

    void reset(state &h, bool overloaded)
    {
        const bool bad = h.bad_before;
        h = state();
        h.overloaded = overloaded;
        h.vsucc = overloaded ? 0 : 180;
        h.verr = overloaded ? 5 : 0;
        h.bad_before = bad;
        h.deadline = now + 15000;
    }

    void enter(char name, bool overloaded)
    {
        hosts[name].bad_before = false;
        reset(hosts[name], overloaded);
        remove(overloaded ? idle : overload, name);
        (overloaded ? overload : idle).push_back(name);
        if (overload.empty())
            count = 0;
    }

    void end_of_time(char name)
    {
        state &h = hosts[name];
        if (h.overloaded && h.probe_failed) {
            h.probe_failed = false;
            h.deadline = now + 15000;
        } else if (h.overloaded) {
            enter(name, false);
        } else {
            const bool bad = h.rsucc + h.rerr > 0 && h.rerr * 10 >= (h.rsucc + h.rerr) * 7;
            if (bad && h.bad_before) {
                enter(name, true);
            } else {
                h.bad_before = bad;
                reset(h, false);
            }
        }
    }
};

void expect_same(scripted_hosts &real, const model &expected)
{
    for (const auto &[name, state] : expected.hosts) {
        ASSERT_TRUE(real.hosts.slot_of(test::named(name))) << name;
        const host_health::counts &host = real.info(name);
        const long seen[] = {real.overloaded(name),
                             static_cast<long>(host.vsucc),
                             static_cast<long>(host.verr),
                             static_cast<long>(host.rsucc),
                             static_cast<long>(host.rerr),
                             static_cast<long>(host.contin_succ),
                             static_cast<long>(host.contin_err)};
        const long wanted[] = {state.overloaded, state.vsucc,    state.verr,   state.rsucc,
                               state.rerr,       state.run_succ, state.run_err};
        for (size_t i = 0; i < std::size(seen); ++i)
            ASSERT_EQ(seen[i], wanted[i]) << "field " << i << " of " << name;
    }
}

// How healthy each host is in one stretch of the run.
void run(unsigned seed, int steps)
{
    std::mt19937 random(seed);
    const auto below = [&random](int limit) {
        return static_cast<int>(random() % static_cast<unsigned>(limit));
    };
    scripted_hosts real;
    model expected;
    std::map<char, int> sickness;
    std::map<char, std::pair<long, long>> reported;
    for (int step = 0; step < steps; ++step) {
        const int what = below(1000);
        if (what < 500) {
            const char chosen = real.choose();
            ASSERT_EQ(chosen, expected.choose()) << "step " << step;
        } else if (what < 960) {
            const char name = static_cast<char>('A' + below(6));
            const bool success = below(100) >= sickness[name];
            const uint32_t timecost = below(4) == 0 ? static_cast<uint32_t>(below(6000)) : 0;
            real.report(name, success, 1, timecost);
            expected.report(name, success, timecost);
        } else if (what < 985) {
            const int time = below(3) == 0 ? below(20000) : below(700);
            real.pass(milliseconds(time));
            expected.pass(time);
        } else if (what < 993) {
            const int levels[] = {0, 5, 30, 75, 100};
            sickness[static_cast<char>('A' + below(6))] = levels[below(5)];
        } else {
            std::string route;
            for (char name = 'A'; name < 'G'; ++name)
                route += below(3) > 0 ? std::string(1, name) : "";
            real.update(route);
            expected.update(route);
        }
        expect_same(real, expected);
        if (testing::Test::HasFatalFailure())
            FAIL() << "step " << step;
        if (step % 997 == 0) {
            for (const auto &sum : real.hosts.take_calls()) {
                auto &total = reported[static_cast<char>(sum.address.ip & 0xff)];
                total.first += sum.succ;
                total.second += sum.err;
            }
        }
    }
    for (const auto &sum : real.hosts.take_calls()) {
        auto &total = reported[static_cast<char>(sum.address.ip & 0xff)];
        total.first += sum.succ;
        total.second += sum.err;
    }
    for (const auto &[name, total] : expected.sums)
        ASSERT_EQ(reported[name], total) << "calls of " << name;
    ASSERT_GT(real.changes.size(), 10u) << "nothing was tested";
}

TEST(Model, DoesTheSameInEveryRun)
{
    for (unsigned seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        ASSERT_NO_FATAL_FAILURE(run(seed, 8000));
    }
}

}  // namespace
}  // namespace lars
