// What others can fill in an agent, and what of it does not reach the real modules.
#include <gtest/gtest.h>

#include <algorithm>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"
#include "wire_rules.h"

namespace lars {
namespace {

using namespace lars::test;

class AgentTables : public testing::Test {
protected:
    void SetUp() override
    {
        _database.load(source_path("base/sql/sample.sql"));
        ASSERT_TRUE(_dns.start());
        _agent.emplace(_dns.port(), _dns.port());
        ASSERT_TRUE(_agent->start());
    }
    // The return code of a get_host at the agent's port number PORT.
    LarsRetCode ask(size_t port, int modid, int cmdid)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_udp(_agent->addresses()[port].port));
        EXPECT_TRUE(peer.send_frame(ID_GetHostRequest, host_request(1, modid, cmdid)));
        const auto frame = peer.receive_frame();
        GetHostResponse body;
        EXPECT_TRUE(frame && body.ParseFromString(frame->body));
        return body.retcode();
    }
    bool becomes_known(int modid, int cmdid)
    {
        const size_t port = agent_port_of(modid, cmdid);
        return wait_until([&] { return ask(port, modid, cmdid) == RET_SUCC; });
    }

    database _database;
    dns_service _dns{_database.options()};
    std::optional<agent_service> _agent;
};

TEST_F(AgentTables, QuestionsForModulesThatDoNotExistKeepNoRealOneOut)
{
    // Of port 2, as module (1,1): more than its tables hold.
    wire_peer peer;
    ASSERT_TRUE(peer.connect_udp(_agent->addresses()[2].port));
    for (int i = 0; i < 40000; i += 100) {
        for (int k = 0; k < 100; ++k)
            ASSERT_TRUE(peer.send_frame(ID_GetHostRequest, host_request(1, 2, 3 * (i + k))));
        for (int k = 0; k < 100; ++k)
            ASSERT_TRUE(peer.receive_frame());
    }
    EXPECT_TRUE(becomes_known(1, 1));
}

TEST_F(AgentTables, AModuleOfAnotherPortDoesNotExist)
{
    ASSERT_TRUE(becomes_known(1, 1));
    for (size_t port : {0, 1}) {
        EXPECT_EQ(ask(port, 1, 1), RET_NOEXIST);
        EXPECT_EQ(ask(port, 1, 1), RET_NOEXIST);
    }
    EXPECT_TRUE(_agent->process().wait_for_output("(1,1), which another port answers for"));
    EXPECT_EQ(ask(2, 1, 1), RET_SUCC);
}

}  // namespace
}  // namespace lars
