// The course's rules for one module once more: slow, and only what the rules say, word for
// word, with doubles nowhere. It shares no code with the agent. A host is named by a letter,
// times are in milliseconds, and the rules have their default values. One thread.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace lars::test {

class course_model {
public:
    struct state {
        // Virtual and real calls, and the calls of one kind in a row.
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

}  // namespace lars::test
