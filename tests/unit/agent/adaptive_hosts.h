// As scripted_hosts, under the adaptive policy.
#pragma once

#include <algorithm>
#include <map>

#include "scripted_hosts.h"

namespace lars::test {

class adaptive_hosts : public scripted_hosts {
public:
    explicit adaptive_hosts(const std::string &names = "", uint32_t seed = 1)
    {
        hosts = load_balance(seed);
        config = lb_config();
        update(names);
    }

    // "A:100 B:300"
    void weigh(const std::map<char, uint32_t> &weights)
    {
        std::vector<route_host> route;
        for (const auto &[name, weight] : weights)
            route.push_back({named(name), weight});
        hosts.update(route, config, now);
    }

    // Calls that are over at once, each a millisecond after the one before. Those to the
    // hosts in DEAD fail. Returns how many went to each host.
    std::map<char, int> call(int times, const std::string &dead = "")
    {
        std::map<char, int> calls;
        while (times-- > 0) {
            now += std::chrono::milliseconds(1);
            const char name = choose();
            ++calls[name];
            if (name != '-' && name != '?')
                report(name, dead.find(name) == std::string::npos, 1, 0);
        }
        return calls;
    }

    // Calls until the dead hosts are all set aside.
    void set_aside(const std::string &dead)
    {
        const auto all_aside = [&] {
            return std::all_of(dead.begin(), dead.end(), [this](char c) { return overloaded(c); });
        };
        for (int i = 0; i < 10000 && !all_aside(); ++i)
            call(1, dead);
        ASSERT_TRUE(all_aside());
    }

    // The host dies, is set aside, is well again and comes back.
    void lose_and_regain(char name)
    {
        set_aside(std::string(1, name));
        now += std::chrono::seconds(1);
        for (int i = 0; i < 10000 && overloaded(name); ++i)
            call(1);
        ASSERT_FALSE(overloaded(name));
    }

    // The figure of that name in the host's account; "" if there is none.
    std::string figure(char name, const std::string &what) const
    {
        for (const auto &[key, value] : hosts.explain(named(name), config, now).account.figures) {
            if (key == what)
                return value;
        }
        return "";
    }
    double share(char name) const { return hosts.explain(named(name), config, now).account.share; }
};

}  // namespace lars::test
