// As adaptive_hosts and scripted_hosts, with clients that choose from the table: what they
// do is told by the interval.
#pragma once

#include <map>
#include <set>

#include "adaptive_hosts.h"

namespace lars::test {

class interval_hosts : public adaptive_hosts {
public:
    explicit interval_hosts(const std::string &names, const lb_config &rules = {})
    {
        config = rules;
        hosts = load_balance(1);
        scripted_hosts::update(names);
    }

    host_slot seen = 0;  // of all hosts: often it is another's

    // One client's calls of a host, reported in the state that the host is in.
    void add(char name, uint64_t successes, uint64_t failures, uint64_t probes = 0)
    {
        host_interval i;
        i.choices = successes + failures;
        i.probes = probes;
        (overloaded(name) ? i.probe_successes : i.successes) = successes;
        (overloaded(name) ? i.probe_failures : i.failures) = failures;
        i.failure_weight = failures;
        i.run = failures > 0 ? -static_cast<int64_t>(failures) : static_cast<int64_t>(successes);
        hosts.add_interval(named(name), i, &seen);
    }
    void add(char name, const host_interval &counted)
    {
        hosts.add_interval(named(name), counted, &seen);
    }
    // Five milliseconds are over.
    void end()
    {
        now += std::chrono::milliseconds(5);
        for (const host_change &change : hosts.end_interval(config, now))
            changes.push_back(std::string(1, static_cast<char>(change.address.ip & 0xff)) +
                              (change.overloaded ? "+ " : "- ") + reason_of(change.why));
    }
    // So many intervals in which each of the other hosts has some successes, and NAME fails.
    void fail_among_well(char name, const std::string &well, int intervals)
    {
        while (intervals-- > 0) {
            add(name, 0, 1);
            for (char other : well)
                add(other, 2, 0);
            end();
        }
    }
    char probe()
    {
        const auto due = hosts.probe_due(config, now);
        for (const auto &host : hosts.hosts_in_table()) {
            if (due && host.slot == *due)
                return static_cast<char>(host.address.ip & 0xff);
        }
        return '-';
    }
    host_in_table shown(char name) const
    {
        for (const auto &host : hosts.hosts_in_table()) {
            if (host.address == named(name))
                return host.what;
        }
        return {};
    }
};

}  // namespace lars::test
