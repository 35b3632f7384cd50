// The agent's side of lars_reporter against a scripted one.
#include "reporter_client.h"

#include <gtest/gtest.h>

#include <atomic>

#include "free_port.h"
#include "lars.pb.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars {
namespace {

using test::wait_until;

// One message of module (MODID, 0).
call_summary message(int32_t modid)
{
    return {{modid, 0}, 0, 0, {{{0x0a000001, 80}, 1, 0, false}}};
}

// The modid of the next report; -1 where none comes.
int32_t next(test::wire_peer &peer)
{
    const auto frame = peer.receive_frame();
    ReportStatusRequest body;
    if (!frame || frame->msgid != ID_ReportStatusRequest || !body.ParseFromString(frame->body))
        return -1;
    return body.modid();
}

class ReporterClient : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(server.listen_tcp()); }

    test::wire_peer server;
};

TEST_F(ReporterClient, SendsInOrderAndKnowsItsOwnAddress)
{
    reporter_client client({{0x7f000001, server.port()}}, no_log());
    EXPECT_EQ(client.caller_ip(), 0u);
    ASSERT_TRUE(client.start());
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    EXPECT_TRUE(wait_until([&] { return client.caller_ip() == 0x7f000001; }));
    for (int32_t i = 1; i <= 100; ++i)
        client.send(message(i));
    for (int32_t i = 1; i <= 100; ++i)
        ASSERT_EQ(next(*peer), i);
    peer->reset();
    EXPECT_TRUE(wait_until([&] { return client.caller_ip() == 0; }));
    client.stop();
}

TEST_F(ReporterClient, WhatMeetsNoConnectionIsKeptForTheNext)
{
    reporter_client client({{0x7f000001, server.port()}}, no_log());
    for (int32_t i = 1; i <= 3; ++i)
        client.send(message(i));
    ASSERT_TRUE(client.start());
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    for (int32_t i = 1; i <= 3; ++i)
        EXPECT_EQ(next(*peer), i);
    client.stop();
}

TEST_F(ReporterClient, BeyondTheLimitTheOldestAreDropped)
{
    const uint16_t port = test::free_port();
    std::atomic<bool> dropped{false};
    reporter_client client({{0x7f000001, port}}, [&](log_level, const std::string &line) {
        if (line.find("dropped") != std::string::npos)
            dropped = true;
    });
    for (int32_t i = 1; i <= 10003; ++i)
        client.send(message(i));
    ASSERT_TRUE(client.start());
    ASSERT_TRUE(wait_until([&] { return dropped.load(); }));
    server.close();
    ASSERT_TRUE(server.listen_tcp(port));
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    const int32_t first = next(*peer);
    EXPECT_EQ(first, 4);
    for (int32_t i = 5; i <= 10003; ++i)
        ASSERT_EQ(next(*peer), i);
    client.stop();
}

TEST_F(ReporterClient, ALongReportIsSentInSeveralMessages)
{
    reporter_client client({{0x7f000001, server.port()}}, no_log());
    call_summary report{{7, 0}, 0, 0, {}};
    for (uint32_t i = 0; i < 2500; ++i)
        report.hosts.push_back({{0x0a000001 + i, 80}, 1, 0, false});
    client.send(report);
    ASSERT_TRUE(client.start());
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(next(*peer), 7);
    client.stop();
}

TEST_F(ReporterClient, StopSendsWhatWasGivenBefore)
{
    for (int round = 0; round < 100; ++round) {
        reporter_client client({{0x7f000001, server.port()}}, no_log());
        ASSERT_TRUE(client.start());
        auto peer = server.accept();
        ASSERT_TRUE(peer.has_value());
        ASSERT_TRUE(wait_until([&] { return client.caller_ip() != 0; }));
        for (int32_t i = 1; i <= 20; ++i)
            client.send(message(i));
        client.stop();
        for (int32_t i = 1; i <= 20; ++i)
            ASSERT_EQ(next(*peer), i) << "round " << round;
    }
}

}  // namespace
}  // namespace lars
