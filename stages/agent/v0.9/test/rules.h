// For tests of the rules: a module, what is reported to it, and a clock that the test moves.
#pragma once

#include "agent.h"

#include "load_balance.h"
#include "main_server.h"

// The clock of these tests; real time while it is 0.
extern time_t scripted_time;

// The values of the configuration while it lives.
struct with_config {
    with_config()
    {
        EXPECT_TRUE(config_file::setPath("conf/lars_lb_agent.conf"));
        read_lb_config();
        scripted_time = 1000000;
    }
    ~with_config() { scripted_time = 0; }
};

// Module (1,2); its hosts are told apart by their ips, port 80.
struct module_with {
    explicit module_with(const std::vector<int> &ips) : lb(1, 2) { update(ips); }

    void update(const std::vector<int> &ips)
    {
        kit::hosts all;
        for (int ip : ips) {
            all.push_back({static_cast<uint32_t>(ip), 80});
        }
        lars::GetRouteResponse rsp = kit::route_of(1, 2, all);
        lb.update(rsp);
    }
    void report(int ip, int retcode, int times = 1)
    {
        for (int i = 0; i < times; i++) {
            lb.report(ip, 80, retcode);
        }
    }
    // The same, each call so many seconds after the last one.
    void report_each(int seconds, int ip, int retcode, int times = 1)
    {
        for (int i = 0; i < times; i++) {
            scripted_time += seconds;
            lb.report(ip, 80, retcode);
        }
    }
    void make_overload(int ip) { report(ip, 1, lb_config.contin_err_limit < 100 ? lb_config.contin_err_limit : 100); }
    host_info *host(int ip)
    {
        std::vector<host_info *> all;
        lb.get_all_hosts(all);
        for (host_info *one : all) {
            if (one->ip == static_cast<uint32_t>(ip)) {
                return one;
            }
        }
        throw std::runtime_error("no such host");
    }
    std::string counts(int ip)
    {
        const host_info *h = host(ip);
        return "vsucc " + std::to_string(h->vsucc) + " verr " + std::to_string(h->verr) + " rsucc " + std::to_string(h->rsucc) +
               " rerr " + std::to_string(h->rerr) + " row " + std::to_string(h->contin_succ) + " " + std::to_string(h->contin_err);
    }
    // The ips of the next choices, - where there is none.
    std::string choices(int n)
    {
        std::string all;
        for (int i = 0; i < n; i++) {
            lars::GetHostResponse rsp;
            int ret = lb.choice_one_host(rsp);
            all += ret == 0 ? std::to_string(rsp.host().ip()) + " " : ret == 1 ? "- " : "none ";
        }
        return all;
    }

    load_balance lb;
};
