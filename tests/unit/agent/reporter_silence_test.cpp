// The agent's side of lars_reporter against scripted ones that acknowledge, that do not,
// and that fall silent.
#include <gtest/gtest.h>

#include <atomic>

#include "lars.pb.h"
#include "reporter_client.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::wait_until;
using test::wire_peer;
using clock = std::chrono::steady_clock;

struct received {
    int32_t modid = -1;  // 0: it only asks
    uint64_t seq = 0;
};

received next(wire_peer &peer, milliseconds within = milliseconds(5000))
{
    const auto frame = peer.receive_frame(within);
    ReportStatusRequest body;
    if (!frame || frame->msgid != ID_ReportStatusRequest || !body.ParseFromString(frame->body))
        return {};
    return {body.modid(), body.seq()};
}

void answer(wire_peer &peer, uint64_t seq, uint64_t stored)
{
    ReportStatusResponse body;
    body.set_seq(seq);
    body.set_stored(stored);
    ASSERT_TRUE(peer.send_frame(ID_ReportStatusResponse, body.SerializeAsString()));
}

class ReporterSilence : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(first.listen_tcp() && second.listen_tcp()); }
    void TearDown() override
    {
        if (client)
            client->stop();
    }

    void start(const std::vector<uint16_t> &ports)
    {
        std::vector<server_address> servers;
        for (uint16_t port : ports)
            servers.emplace_back(0x7f000001, port);
        client = std::make_unique<reporter_client>(servers, [this](log_level, const auto &line) {
            if (line.find("dropped") != std::string::npos)
                dropped = true;
        });
        ASSERT_TRUE(client->start());
    }
    void start_both() { start({first.port(), second.port()}); }
    void send(int32_t modid)
    {
        client->send({{modid, 0}, 0, 0, {{{0x0a000001, 80}, 1, 0, false}}});
    }
    static wire_peer accept(wire_peer &server, milliseconds within = milliseconds(5000))
    {
        auto accepted = server.accept(within);
        EXPECT_TRUE(accepted.has_value());
        return accepted ? std::move(*accepted) : wire_peer();
    }
    // Sends a report that is taken and stored: from now on PEER acknowledges.
    void make_known(wire_peer &peer)
    {
        send(1000);
        const received report = next(peer);
        ASSERT_EQ(report.modid, 1000);
        ASSERT_NE(report.seq, 0u);
        answer(peer, report.seq, report.seq);
    }

    wire_peer first;
    wire_peer second;
    std::atomic<bool> dropped{false};
    std::unique_ptr<reporter_client> client;
};

TEST_F(ReporterSilence, OneThatDoesNotAcknowledgeGetsEachReportOnce)
{
    start({first.port()});
    auto peer = accept(first);
    for (int32_t i = 1; i <= 3; ++i) {
        send(i);
        EXPECT_EQ(next(peer).modid, i);
    }
    EXPECT_EQ(next(peer, milliseconds(1500)).modid, -1) << "it is never asked";
    peer.reset();
    peer = accept(first);
    send(4);
    EXPECT_EQ(next(peer).modid, 4);
}

TEST_F(ReporterSilence, WhatIsNotStoredIsSentAgainInItsOrder)
{
    start({first.port()});
    auto peer = accept(first);
    make_known(peer);
    uint64_t seq_of_2 = 0;
    uint64_t seq_of_5 = 0;
    for (int32_t i = 1; i <= 5; ++i) {
        send(i);
        const received report = next(peer);
        ASSERT_EQ(report.modid, i);
        (i == 2 ? seq_of_2 : seq_of_5) = report.seq;
    }
    answer(peer, seq_of_5, seq_of_2);
    // Answers are handled in their order: an answer to this means that that one was.
    peer.end_sending();
    peer.wait_eof();
    peer = accept(first);
    send(6);
    for (int32_t i = 3; i <= 6; ++i) {
        const received report = next(peer);
        EXPECT_EQ(report.modid, i);
        answer(peer, report.seq, report.seq);
    }
}

TEST_F(ReporterSilence, OneThatFallsSilentIsLeftWithinThreeSeconds)
{
    start_both();
    auto peer = accept(first);
    make_known(peer);
    const auto silent_since = clock::now();
    EXPECT_EQ(next(peer).modid, 0) << "it is asked";
    send(1);
    auto other = accept(second);
    EXPECT_LT(clock::now() - silent_since, milliseconds(3000));
    EXPECT_EQ(next(other).modid, 1);
    EXPECT_EQ(next(peer).modid, 1) << "it was sent there, too";
}

TEST_F(ReporterSilence, OneThatDripsIsLeftWithinThreeSeconds)
{
    start_both();
    auto peer = accept(first);
    make_known(peer);
    const auto silent_since = clock::now();
    const std::string frame = test::encode_frame(ID_ReportStatusResponse, std::string(1000, '\0'));
    std::optional<wire_peer> other;
    for (size_t i = 0; !other && i < 100; ++i) {
        peer.send_bytes(frame.substr(i, 1));
        other = second.accept(milliseconds(50));
    }
    ASSERT_TRUE(other.has_value());
    EXPECT_LT(clock::now() - silent_since, milliseconds(3000));
}

TEST_F(ReporterSilence, OneThatAnswersSlowlyStays)
{
    start_both();
    auto peer = accept(first);
    make_known(peer);
    for (int i = 0; i < 3; ++i) {
        const received asked = next(peer);
        ASSERT_EQ(asked.modid, 0);
        std::this_thread::sleep_for(milliseconds(700));  // so slow it is
        answer(peer, asked.seq, asked.seq);
    }
    send(1);
    while (const int32_t modid = next(peer).modid)
        if (modid != 0) {
            EXPECT_EQ(modid, 1);
            break;
        }
    EXPECT_FALSE(second.accept(milliseconds(0)).has_value());
}

TEST_F(ReporterSilence, OneThatHungFromTheStartIsLeftForAnother)
{
    start_both();
    auto hung = accept(first);
    send(1);
    auto other = accept(second);
    EXPECT_EQ(next(other).modid, 1);
}

TEST_F(ReporterSilence, WhereNobodyAcknowledgesItSettles)
{
    start_both();
    auto peer = accept(first);
    send(1);
    auto other = accept(second);
    EXPECT_EQ(next(other).modid, 1);
    for (int32_t i = 2; i <= 4; ++i) {
        send(i);
        EXPECT_EQ(next(other).modid, i);
        EXPECT_FALSE(other.wait_eof(milliseconds(1200)));
    }
}

TEST_F(ReporterSilence, ASingleOneThatHangsIsNotGivenUpInAHurry)
{
    start({first.port()});
    auto peer = accept(first);
    make_known(peer);
    send(1);
    EXPECT_EQ(next(peer).modid, 1);
    EXPECT_FALSE(peer.wait_eof(milliseconds(3500)));
    // Then a connection is made anew, as the other end may have forgotten this one.
    peer = accept(first);
    const received again = next(peer);
    EXPECT_EQ(again.modid, 1);
    answer(peer, again.seq, again.seq);
}

TEST_F(ReporterSilence, WhatIsKeptIsBoundedAndTheOldestGoes)
{
    start({first.port()});
    auto peer = accept(first);
    make_known(peer);
    received last;
    for (int32_t i = 1; i <= 10003; ++i)
        send(i);
    for (int32_t i = 1; i <= 10003; ++i) {
        last = next(peer);
        ASSERT_EQ(last.modid, i);
        if (i % 1000 == 0)
            answer(peer, last.seq, 1);  // taken, not stored
    }
    EXPECT_TRUE(wait_until([this] { return dropped.load(); }));
    peer.reset();
    peer = accept(first);
    EXPECT_EQ(next(peer).modid, 4);
    client->stop();
    client.reset();
}

TEST_F(ReporterSilence, StopWaitsUntilTheLastIsTakenButNotForOneThatHangs)
{
    start({first.port()});
    auto peer = accept(first);
    make_known(peer);
    send(1);
    std::atomic<bool> ended{false};
    std::thread ending([&] {
        client->stop();
        ended = true;
    });
    const received last = next(peer);
    EXPECT_EQ(last.modid, 1);
    EXPECT_FALSE(ended);
    answer(peer, last.seq, 1);
    ending.join();
    EXPECT_TRUE(peer.wait_eof(milliseconds(500)));

    start({first.port()});
    peer = accept(first);
    make_known(peer);
    send(2);
    const auto before = clock::now();
    client->stop();
    EXPECT_LT(clock::now() - before, milliseconds(2500));
    client.reset();
}

TEST_F(ReporterSilence, StopGivesAConnectionThatIsMadeAnewAMoment)
{
    start({first.port()});
    auto peer = accept(first);
    make_known(peer);
    send(1);
    EXPECT_EQ(next(peer).modid, 1);
    const uint16_t port = first.port();
    first.close();
    peer.reset();
    ASSERT_TRUE(wait_until([this] { return client->caller_ip() == 0; }));
    std::thread ending([this] { client->stop(); });
    EXPECT_TRUE(first.listen_tcp(port));
    peer = accept(first);
    const received last = next(peer);
    EXPECT_EQ(last.modid, 1);
    answer(peer, last.seq, last.seq);
    ending.join();
    client.reset();
}

}  // namespace
}  // namespace lars
