// route_lb and load_balance, called as the agent's servers will call them.
#include "agent.h"

#include "main_server.h"
#include "route_lb.h"

namespace {

// The queue to the dns, as the test reads it.
struct queue_of_the_dns {
    queue_of_the_dns() { dns_queue = new thread_queue<lars::GetRouteRequest>; }
    ~queue_of_the_dns()
    {
        delete dns_queue;
        dns_queue = NULL;
    }
    std::string asked()   // "modid,cmdid;" of each request since the last time
    {
        std::queue<lars::GetRouteRequest> all;
        std::string text;
        for (dns_queue->recv(all); !all.empty(); all.pop()) {
            text += std::to_string(all.front().modid()) + "," + std::to_string(all.front().cmdid()) + ";";
        }
        return text;
    }
};

std::string host(route_lb &lb, int modid, int cmdid)
{
    lars::GetHostResponse rsp;
    int ret = lb.get_host(modid, cmdid, rsp);
    EXPECT_EQ(ret, rsp.retcode());
    return ret != 0 ? "retcode " + std::to_string(ret) : kit::host_text(static_cast<uint32_t>(rsp.host().ip()), rsp.host().port());
}

void update(route_lb &lb, int modid, int cmdid, const kit::hosts &all)
{
    lars::GetRouteResponse rsp = kit::route_of(modid, cmdid, all);
    EXPECT_EQ(0, lb.update_host(modid, cmdid, rsp));
}

}  // namespace

TEST(RouteLb, AModuleThatIsNewIsAskedForOnce)
{
    queue_of_the_dns dns;
    route_lb lb(1);
    EXPECT_EQ("retcode 3", host(lb, 1, 1));
    EXPECT_EQ("1,1;", dns.asked());
    EXPECT_EQ("retcode 3", host(lb, 1, 1));
    EXPECT_EQ("", dns.asked());
    EXPECT_EQ("retcode 3", host(lb, -1, 0));
    EXPECT_EQ("-1,0;", dns.asked());
}

TEST(RouteLb, Trap_A3_WithoutAQueueTheNextUseAsks)
{
    route_lb lb(1);
    EXPECT_EQ("retcode 3", host(lb, 1, 1));
    queue_of_the_dns dns;
    EXPECT_EQ("retcode 3", host(lb, 1, 1));
    EXPECT_EQ("1,1;", dns.asked());
}

TEST(RouteLb, HostsAreGivenInTurn)
{
    queue_of_the_dns dns;
    route_lb lb(1);
    host(lb, 1, 2);
    update(lb, 1, 2, {{10, 80}, {11, 81}, {12, 82}});
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ("10:80", host(lb, 1, 2));
        EXPECT_EQ("11:81", host(lb, 1, 2));
        EXPECT_EQ("12:82", host(lb, 1, 2));
    }
}

TEST(RouteLb, Trap_A4_ARouteReplacesTheOneBefore)
{
    queue_of_the_dns dns;
    route_lb lb(1);
    host(lb, 1, 1);
    update(lb, 1, 1, {{10, 80}});
    EXPECT_EQ("10:80", host(lb, 1, 1));
    update(lb, 1, 1, {{11, 80}});
    EXPECT_EQ("11:80", host(lb, 1, 1));
    EXPECT_EQ("11:80", host(lb, 1, 1));
    update(lb, 1, 1, {{10, 80}});
    EXPECT_EQ("10:80", host(lb, 1, 1));
    update(lb, 1, 1, {{10, 80}, {11, 80}, {10, 80}});   // one that is said twice is one
    EXPECT_EQ("10:80", host(lb, 1, 1));
    EXPECT_EQ("11:80", host(lb, 1, 1));
    EXPECT_EQ("10:80", host(lb, 1, 1));
}

TEST(RouteLb, WhatIsNoHostIsLeftOut)
{
    queue_of_the_dns dns;
    route_lb lb(1);
    host(lb, 1, 1);
    update(lb, 1, 1, {{0, 80}, {10, 0}, {10, 65536}, {10, -1}, {4294967295, 65535}});
    EXPECT_EQ("4294967295:65535", host(lb, 1, 1));
    EXPECT_EQ("4294967295:65535", host(lb, 1, 1));
}

TEST(RouteLb, AnEmptyRouteTakesTheModuleAway)
{
    queue_of_the_dns dns;
    route_lb lb(1);
    host(lb, 1, 1);
    update(lb, 1, 1, {{10, 80}});
    update(lb, 1, 1, {});
    dns.asked();
    EXPECT_EQ("retcode 3", host(lb, 1, 1));
    EXPECT_EQ("1,1;", dns.asked());
    update(lb, 1, 9, {{10, 80}});   // nobody has asked for this one
    EXPECT_EQ("retcode 3", host(lb, 1, 9));
}

TEST(LoadBalance, SaysWhetherItWaits)
{
    load_balance lb(1, 1);
    EXPECT_EQ(load_balance::NEW, lb.status);
    EXPECT_EQ(-1, lb.pull());
    EXPECT_EQ(load_balance::NEW, lb.status);
    queue_of_the_dns dns;
    EXPECT_EQ(0, lb.pull());
    EXPECT_EQ(load_balance::PULLING, lb.status);
    lars::GetRouteResponse rsp = kit::route_of(1, 1, {{10, 80}});
    EXPECT_TRUE(lb.empty());
    lb.update(rsp);
    EXPECT_EQ(load_balance::NEW, lb.status);
    EXPECT_FALSE(lb.empty());
}

TEST(HostInfo, BeginsWithTrust)
{
    host_info host(kit::FIRST_IP, 7777, 180);
    EXPECT_EQ(kit::FIRST_IP, host.ip);
    EXPECT_EQ(7777, host.port);
    EXPECT_EQ(180u, host.vsucc);
    EXPECT_EQ(0u, host.verr + host.rsucc + host.rerr + host.contin_succ + host.contin_err);
    EXPECT_FALSE(host.overload);
}

// One thread asks while another brings routes.
TEST(RouteLb, TwoThreadsUseItAtOnce)
{
    queue_of_the_dns dns;
    route_lb lb(1);
    host(lb, 1, 1);
    std::thread other([&lb] {
        for (uint32_t i = 0; i < 1000; i++) {
            update(lb, 1, 1, {{10 + i % 2, 80}});
        }
    });
    for (int i = 0; i < 1000; i++) {
        host(lb, 1, 1);
    }
    other.join();
    EXPECT_EQ("11:80", host(lb, 1, 1));
}
