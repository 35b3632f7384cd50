// lars_lb_agent as a process, between clients and a dns and a reporter that the
// test plays itself, byte by byte.
#pragma once

#include <gtest/gtest.h>

#include "messages.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars::test {

class Agent : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(_dns_listener.listen_tcp());
        ASSERT_TRUE(_reporter_listener.listen_tcp());
        _agent.emplace(_dns_listener.port(), _reporter_listener.port());
        // What these tests expect of the rules are the course's.
        _agent->set("loadbalance", "policy", "course");
    }

    void start()
    {
        ASSERT_TRUE(_agent->start());
        accept_dns();
    }
    void accept_dns()
    {
        auto accepted = _dns_listener.accept(std::chrono::milliseconds(15000));
        ASSERT_TRUE(accepted);
        _dns = std::move(*accepted);
    }

    // The next question of the agent, as "modid,cmdid"; "" when none comes.
    std::string question(std::chrono::milliseconds within = std::chrono::milliseconds(5000))
    {
        const auto frame = _dns.receive_frame(within);
        GetRouteRequest body;
        if (!frame || frame->msgid != ID_GetRouteRequest || !body.ParseFromString(frame->body))
            return "";
        return std::to_string(body.modid()) + "," + std::to_string(body.cmdid());
    }
    void answer(int modid, int cmdid, const std::vector<std::string> &hosts)
    {
        ASSERT_TRUE(_dns.send_frame(ID_GetRouteResponse, route_response(modid, cmdid, hosts)));
    }

    wire_peer client(int index)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_udp(_agent->addresses()[static_cast<size_t>(index)].port));
        return peer;
    }
    static int owner(int modid, int cmdid)
    {
        const long long rest = (static_cast<long long>(modid) + cmdid) % 3;
        return static_cast<int>(rest < 0 ? rest + 3 : rest);
    }

    // "host 10.0.0.1:80", or the return code's number.
    std::string get_host(int modid, int cmdid)
    {
        wire_peer peer = client(owner(modid, cmdid));
        EXPECT_TRUE(peer.send_frame(ID_GetHostRequest, host_request(7, modid, cmdid)));
        const auto frame = peer.receive_frame();
        GetHostResponse body;
        if (!frame || frame->msgid != ID_GetHostResponse || !body.ParseFromString(frame->body) ||
            body.seq() != 7 || body.modid() != modid || body.cmdid() != cmdid)
            return "no answer";
        return body.has_host() ? "host " + text_of(body.host()) : std::to_string(body.retcode());
    }
    bool host_becomes(int modid, int cmdid, const std::string &expected)
    {
        return wait_until([&] { return get_host(modid, cmdid) == expected; });
    }
    // First use, question, answer, and until it is served.
    void learn(int modid, int cmdid, const std::vector<std::string> &hosts)
    {
        EXPECT_EQ(get_host(modid, cmdid), "3");
        ASSERT_EQ(question(), std::to_string(modid) + "," + std::to_string(cmdid));
        answer(modid, cmdid, hosts);
        ASSERT_TRUE(wait_until([&] { return get_host(modid, cmdid) != "3"; }));
    }
    void send_report(int modid, int cmdid, const std::string &address, int retcode, int times = 1,
                     uint32_t timecost = 0)
    {
        wire_peer peer = client(owner(modid, cmdid));
        for (int i = 0; i < times; ++i)
            ASSERT_TRUE(peer.send_frame(ID_ReportRequest,
                                        report(modid, cmdid, address, retcode, timecost)));
        // Its answer comes after the reports were handled.
        ASSERT_TRUE(peer.send_frame(ID_API_GetRouteRequest, route_request(modid, cmdid)));
        ASSERT_TRUE(peer.receive_frame());
    }

    wire_peer _dns_listener;
    wire_peer _reporter_listener;
    wire_peer _dns;
    std::optional<agent_service> _agent;
};

}  // namespace lars::test
