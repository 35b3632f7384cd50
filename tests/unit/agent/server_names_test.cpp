// A dns and a reporter that the agent knows by their names: what counts as another one to
// turn to, and what is known of each.
#include <gtest/gtest.h>

#include <chrono>

#include "dns_client.h"
#include "lars.pb.h"
#include "loop_thread.h"
#include "messages.h"
#include "name_server.h"
#include "reporter_client.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars {
namespace {

using namespace test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using clock = std::chrono::steady_clock;

class ServerNames : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(first.listen_tcp() && second.listen_tcp());
        names.set("first.test", {"127.0.0.1"});
        names.set("second.test", {"127.0.0.1"});
    }
    static wire_peer accept(wire_peer &server, milliseconds within = milliseconds(5000))
    {
        auto accepted = server.accept(within);
        EXPECT_TRUE(accepted.has_value());
        return accepted ? std::move(*accepted) : wire_peer();
    }
    std::vector<server_address> both() const
    {
        return {{"first.test", first.port()}, {"second.test", second.port()}};
    }
    // The next report; it is answered if ANSWERS.
    static int32_t next_report(wire_peer &peer, bool answers)
    {
        const auto frame = peer.receive_frame();
        ReportStatusRequest body;
        if (!frame || !body.ParseFromString(frame->body))
            return -1;
        ReportStatusResponse answer;
        answer.set_seq(body.seq());
        answer.set_stored(body.seq());
        if (answers) {
            EXPECT_TRUE(peer.send_frame(ID_ReportStatusResponse, answer.SerializeAsString()));
        }
        return body.modid();
    }
    static call_summary summary_of(int32_t modid)
    {
        return {{modid, 0}, 0, 0, {{{0x0a000001, 80}, 1, 0, false}}};
    }

    name_server names;
    wire_peer first;
    wire_peer second;
};

// The second name was never looked up when the first server falls silent.
TEST_F(ServerNames, ASilentDnsIsLeftForTheNextNameWithinThreeSeconds)
{
    loop_thread thread(no_log());
    dns_client client(thread.loop(), both(), "", [](module_route) {});
    ASSERT_TRUE(client.start());
    ASSERT_TRUE(thread.start());
    client.pull({1, 1});
    wire_peer silent = accept(first);
    const auto asked = clock::now();
    wire_peer other = accept(second);
    EXPECT_LT(clock::now() - asked, seconds(3));
    const auto question = other.receive_frame();
    EXPECT_TRUE(question && question->msgid == ID_GetRouteRequest);
    thread.stop();
    client.stop();
}

TEST_F(ServerNames, ASilentReporterIsLeftForTheNextNameAndLosesNothing)
{
    reporter_client client(both(), no_log());
    ASSERT_TRUE(client.start());
    wire_peer silent = accept(first);
    client.send(summary_of(1));
    EXPECT_EQ(next_report(silent, false), 1);
    wire_peer other = accept(second);
    EXPECT_EQ(next_report(other, true), 1);
    client.send(summary_of(2));
    EXPECT_EQ(next_report(other, true), 2);
    client.stop();
}

// With a single address there is nobody to keep for: a reporter of before never answers.
TEST_F(ServerNames, ASingleReporterThatNeverAnswersGetsEachReportOnceByItsNameToo)
{
    reporter_client client({{"first.test", first.port()}}, no_log());
    ASSERT_TRUE(client.start());
    wire_peer peer = accept(first);
    for (int32_t i = 1; i <= 3; ++i) {
        client.send(summary_of(i));
        EXPECT_EQ(next_report(peer, false), i);
    }
    peer.reset();
    peer = accept(first);
    client.send(summary_of(4));
    EXPECT_EQ(next_report(peer, false), 4);
    client.stop();
}

// A name may lead elsewhere later: what is not stored goes there.
TEST_F(ServerNames, WhatAReporterHasNotStoredGoesToWhereItsNameLeadsThen)
{
    reporter_client client({{"first.test", first.port()}}, no_log());
    ASSERT_TRUE(client.start());
    wire_peer peer = accept(first);
    client.send(summary_of(1));
    EXPECT_EQ(next_report(peer, true), 1);
    EXPECT_TRUE(wait_until([&] { return client.caller_ip() == 0x7f000001; }));
    client.send(summary_of(2));
    EXPECT_EQ(next_report(peer, false), 2);
    const int before = name_server::lookups();
    peer.reset();
    peer = accept(first);
    EXPECT_EQ(next_report(peer, true), 2);
    EXPECT_GT(name_server::lookups(), before);
    client.stop();
}

}  // namespace
}  // namespace lars
