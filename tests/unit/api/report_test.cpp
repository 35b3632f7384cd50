#include <gtest/gtest.h>

#include "clients.h"
#include "wait_until.h"
#include "wire_peer.h"

using namespace lars::test;
using lars::lars_client;

class LarsClientReport : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(_agent.start());
        _client = client_of(_agent);
    }

    // The body of the report that has arrived, in hex.
    std::string arrived()
    {
        if (!wait_until([this] { return !_agent.requests().empty(); }))
            return "nothing";
        EXPECT_EQ(_agent.requests().back().msgid, 6);
        return to_hex(_agent.requests().back().body);
    }

    fake_agent _agent{silent_agent()};
    lars_client _client;
};

TEST_F(LarsClientReport, FailureIsTheGoldenBytes)
{
    ASSERT_EQ(_client.report(1, 1, "192.168.1.177", 7777, 1), lars_client::RET_SUCC);
    EXPECT_EQ(arrived(), "080110011a0e08b183a085fcffffffff0110e13c2001");
}

TEST_F(LarsClientReport, TimecostIsAFieldMore)
{
    ASSERT_EQ(_client.report(1, 1, "192.168.1.177", 7777, 0, 5), lars_client::RET_SUCC);
    EXPECT_EQ(arrived(), "080110011a0e08b183a085fcffffffff0110e13c2805");
}

TEST_F(LarsClientReport, NegativeTimecostIsNone)
{
    ASSERT_EQ(_client.report(1, 1, "192.168.1.177", 7777, 0, -5), lars_client::RET_SUCC);
    EXPECT_EQ(arrived(), "080110011a0e08b183a085fcffffffff0110e13c");
}

TEST_F(LarsClientReport, NothingOfAnEarlierReportIsLeft)
{
    ASSERT_EQ(_client.report(7, 8, "10.0.0.1", 1, 3, 99), lars_client::RET_SUCC);
    ASSERT_EQ(_client.report(0, 0, "192.168.1.177", 7777, 0), lars_client::RET_SUCC);
    ASSERT_TRUE(wait_until([this] { return _agent.requests().size() == 2; }));
    EXPECT_EQ(to_hex(_agent.requests().back().body), "1a0e08b183a085fcffffffff0110e13c");
}

TEST_F(LarsClientReport, BadHostIsNotSent)
{
    EXPECT_EQ(_client.report(1, 1, "host", 80, 0), lars_client::RET_SYSTEM_ERROR);
    EXPECT_NE(_client.error().find("'host'"), std::string::npos);
    for (int port : {0, -1, 65536}) {
        EXPECT_EQ(_client.report(1, 1, "10.0.0.1", port, 0), lars_client::RET_SYSTEM_ERROR);
        EXPECT_NE(_client.error().find(std::to_string(port)), std::string::npos);
    }
    ASSERT_EQ(_client.report(1, 1, "192.168.1.177", 7777, 0), lars_client::RET_SUCC);
    EXPECT_EQ(_client.error(), "");
    EXPECT_EQ(arrived(), "080110011a0e08b183a085fcffffffff0110e13c");
    EXPECT_EQ(_agent.requests().size(), 1u);
}
