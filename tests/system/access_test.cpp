// Who may reach the services, and at which of a machine's addresses, as processes.
#include <gtest/gtest.h>

#include <chrono>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

// An agent without a dns: what it is asked for does not exist.
class AgentAccess : public testing::Test {
protected:
    // True if the first port of the agent answers there.
    bool answers_at(const std::string &ip, milliseconds within = milliseconds(5000))
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_udp(_agent.port(), ip));
        EXPECT_TRUE(peer.send_frame(ID_GetHostRequest, host_request(7, 1, 2)));
        const auto answer = peer.receive_frame(within);
        return answer && answer->msgid == ID_GetHostResponse;
    }
    bool warned()
    {
        return _agent.process().output().find("is open to other machines") != std::string::npos;
    }

    agent_service _agent{1, 1};
};

TEST_F(AgentAccess, OnAllAddressesAnAnswerComesFromTheOneThatWasAsked)
{
    _agent.set("agent", "ip", "0.0.0.0");
    ASSERT_TRUE(_agent.start());
    for (const char *ip : {"127.0.0.1", "127.0.0.2", "127.3.2.1"})
        EXPECT_TRUE(answers_at(ip)) << ip;
    EXPECT_TRUE(_agent.process().wait_for_output("[agent] allow is empty"));
    EXPECT_TRUE(warned());
}

TEST_F(AgentAccess, OthersThanThoseAllowedAreNotAnswered)
{
    _agent.set("agent", "ip", "0.0.0.0");
    _agent.set("agent", "allow", "10.0.0.0/8, 192.168.1.7");
    ASSERT_TRUE(_agent.start());
    EXPECT_FALSE(answers_at("127.0.0.1", milliseconds(300)));
    EXPECT_TRUE(_agent.process().wait_for_output("its address is not allowed"));
    EXPECT_TRUE(_agent.process().wait_for_output(
        "[agent] allow = 10.0.0.0/8, 192.168.1.7 limits who is answered"));
    ASSERT_EQ(_agent.stop(), 0);
    _agent.set("agent", "allow", "10.0.0.0/8, 127.0.0.0/8");
    ASSERT_TRUE(_agent.start());
    EXPECT_TRUE(answers_at("127.0.0.1"));
}

TEST_F(AgentAccess, OnLoopbackThereIsNothingToWarnOf)
{
    ASSERT_TRUE(_agent.start());
    EXPECT_TRUE(answers_at("127.0.0.1"));
    ASSERT_EQ(_agent.stop(), 0);
    EXPECT_FALSE(warned());
}

class ServerAccess : public testing::TestWithParam<bool> {
protected:
    void SetUp() override
    {
        if (GetParam())
            _service = std::make_unique<dns_service>(_database.options());
        else
            _service = std::make_unique<reporter_service>(_database.options());
        _database.load(source_path("base/sql/sample.sql"));
    }
    wire_peer connect()
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(_service->port()));
        return peer;
    }
    // Sends what the service knows: a question, a report.
    bool speak(wire_peer &peer)
    {
        if (!GetParam())
            return peer.send_frame(ID_ReportStatusRequest, "");
        return peer.send_frame(ID_GetRouteRequest, route_request(1, 2)) &&
               peer.receive_frame().has_value();
    }

    database _database;
    std::unique_ptr<running_service> _service;
};

TEST_P(ServerAccess, OthersThanThoseAllowedAreClosedAtOnce)
{
    _service->set("reactor", "allow", "10.0.0.0/8");
    ASSERT_TRUE(_service->start());
    for (int i = 0; i < 5; ++i) {
        wire_peer peer = connect();
        EXPECT_TRUE(peer.wait_eof());
    }
    EXPECT_TRUE(_service->process().wait_for_output("its address is not allowed"));
    ASSERT_EQ(_service->stop(), 0);
    _service->set("reactor", "allow", "127.0.0.1");
    ASSERT_TRUE(_service->start());
    wire_peer peer = connect();
    EXPECT_TRUE(speak(peer));
    EXPECT_FALSE(peer.wait_eof(milliseconds(100)));
}

// Outsiders have taken all places.
TEST_P(ServerAccess, ThoseWhoSayNothingMakeRoomForAnAgent)
{
    _service->set("reactor", "maxConn", "8");
    _service->set("reactor", "silent_timeout", "1");
    ASSERT_TRUE(_service->start());
    std::vector<wire_peer> outsiders;
    for (int i = 0; i < 7; ++i) {
        outsiders.push_back(connect());
        outsiders.back().send_bytes("\x01");
    }
    wire_peer listener = connect();
    ASSERT_TRUE(speak(listener));
    for (wire_peer &outsider : outsiders)
        EXPECT_TRUE(outsider.wait_eof());
    wire_peer agent = connect();
    EXPECT_TRUE(speak(agent));
    // One that has spoken may listen for as long as it likes.
    EXPECT_FALSE(listener.wait_eof(milliseconds(1500)));
    EXPECT_TRUE(speak(listener));
}

INSTANTIATE_TEST_SUITE_P(Services, ServerAccess, testing::Bool(),
                         [](const auto &test) { return test.param ? "Dns" : "Reporter"; });

}  // namespace
}  // namespace lars
