// Frames on a socket pair, with the loop in the test's own thread, so that every
// piece arrives exactly as the test sends it.
#include "frame_stream.h"

#include "faults.h"
#include "message.h"
#include "net_support.h"

namespace lars {
namespace {

using namespace test;

class recorder final : public frame_stream::handler {
public:
    explicit recorder(const queue_limits &limits = {})
    {
        stream = std::make_unique<frame_stream>(&loop, std::move(pair.ours), this, limits);
        EXPECT_TRUE(stream->start().ok());
    }
    // The stream goes before the loop it lives in.
    ~recorder() { stream.reset(); }

    void handle_frame(const char *data, uint32_t len, int msgid) override
    {
        frames.push_back({msgid, std::string(data, len)});
        if (on_frame)
            on_frame();
    }
    void handle_end(const std::string &why) override
    {
        ++ends;
        reason = why;
    }
    void send(const std::string &bytes) { put(pair.theirs.get(), bytes); }
    // What the peer has received.
    std::string received() { return take(pair.theirs.get()); }

    event_loop loop{no_log()};
    socket_pair pair;
    std::unique_ptr<frame_stream> stream;
    std::vector<wire_frame> frames;
    std::function<void()> on_frame;
    int ends = 0;
    std::string reason;
};

TEST(FrameStream, Trap_R8_AnEmptyBodyIsDelivered)
{
    recorder r;
    r.send(encode_frame(5, ""));
    ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 1; }));
    EXPECT_EQ(r.frames[0].msgid, 5);
    EXPECT_EQ(r.frames[0].body, "");
    EXPECT_EQ(r.stream->send_message(nullptr, 0, 6), send_result::ok);
    EXPECT_EQ(r.received(), encode_frame(6, ""));
}

const std::string three_frames =
    encode_frame(1, "first") + encode_frame(-2, "") + encode_frame(3, "the third");

void expect_three(const recorder &r)
{
    ASSERT_EQ(r.frames.size(), 3u);
    EXPECT_EQ(r.frames[0].msgid, 1);
    EXPECT_EQ(r.frames[0].body, "first");
    EXPECT_EQ(r.frames[1].msgid, -2);
    EXPECT_EQ(r.frames[1].body, "");
    EXPECT_EQ(r.frames[2].msgid, 3);
    EXPECT_EQ(r.frames[2].body, "the third");
}

TEST(FrameStream, Trap_R11_FramesAreReassembledFromEverySplitPoint)
{
    recorder r;
    for (size_t split = 0; split <= three_frames.size(); ++split) {
        r.frames.clear();
        if (split > 0)
            r.send(three_frames.substr(0, split));
        run_rounds(r.loop, 3);
        r.send(three_frames.substr(split) + encode_frame(9, ""));
        ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 4; })) << split;
        r.frames.pop_back();
        expect_three(r);
    }
    EXPECT_EQ(r.ends, 0);
}

TEST(FrameStream, Trap_R11_FramesAreReassembledFromEveryTwoSplitPoints)
{
    recorder r;
    for (size_t first = 1; first < three_frames.size(); ++first) {
        for (size_t second = first + 1; second < three_frames.size(); ++second) {
            r.frames.clear();
            r.send(three_frames.substr(0, first));
            run_rounds(r.loop, 3);
            r.send(three_frames.substr(first, second - first));
            run_rounds(r.loop, 3);
            r.send(three_frames.substr(second));
            ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 3; }))
                << first << " " << second;
            expect_three(r);
        }
    }
}

TEST(FrameStream, Trap_R11_FramesAreReassembledByteByByte)
{
    recorder r;
    for (const char byte : three_frames) {
        r.send(std::string(1, byte));
        run_rounds(r.loop, 3);
    }
    expect_three(r);
}

TEST(FrameStream, AFrameIsDeliveredAsSoonAsItIsComplete)
{
    recorder r;
    r.send(encode_frame(1, "whole") + encode_frame(2, "part").substr(0, 10));
    ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 1; }));
    r.send(encode_frame(2, "part").substr(10));
    ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 2; }));
}

// The largest frames, beginning anywhere in the receive space and filling it to
// its last byte.
TEST(FrameStream, Trap_R7_LargeFramesNeverReachPastTheBuffer)
{
    recorder r;
    const int size = 1 << 20;
    setsockopt(r.pair.theirs.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    unsigned count = 0;
    for (const size_t lead : {0u, 1u, 7u, 8u, 9u, 4096u, 65526u, 65527u}) {
        const std::string body = pattern(MESSAGE_LENGTH_LIMIT, ++count);
        r.frames.clear();
        r.send(encode_frame(1, pattern(lead)) + encode_frame(2, body) + encode_frame(3, "end"));
        ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 3; })) << lead;
        EXPECT_TRUE(r.frames[0].body == pattern(lead));
        EXPECT_TRUE(r.frames[1].body == body);
        EXPECT_EQ(r.frames[2].body, "end");
    }
    EXPECT_EQ(r.loop.buffers().kept_bytes() % 4096, 0u);
}

TEST(FrameStream, TheLargestBodyIsTakenAndOneByteMoreEndsTheConnection)
{
    recorder r;
    r.send(encode_frame(1, std::string(65527, 'x')));
    ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 1; }));
    EXPECT_EQ(r.frames[0].body.size(), 65527u);
    r.send(from_hex("02000000 f8ff0000"));  // a length of 65528
    ASSERT_TRUE(run_until(r.loop, [&] { return r.ends == 1; }));
    EXPECT_NE(r.reason.find("65528"), std::string::npos) << r.reason;
}

TEST(FrameStream, ANegativeLengthEndsTheConnectionWithNothingDelivered)
{
    for (const std::string length : {"ffffffff", "00000080", "0000ff7f"}) {
        for (const size_t split : {0u, 3u, 7u}) {
            recorder r;
            const std::string header = from_hex("01000000" + length);
            r.send(encode_frame(7, "good") + header.substr(0, split));
            run_rounds(r.loop, 3);
            r.send(header.substr(split) + encode_frame(8, "after it"));
            ASSERT_TRUE(run_until(r.loop, [&] { return r.ends == 1; })) << length;
            ASSERT_EQ(r.frames.size(), 1u);
            EXPECT_EQ(r.frames[0].msgid, 7);
        }
    }
}

TEST(FrameStream, Trap_R26_ABodyThatIsTooLongIsRefusedAtOnce)
{
    recorder r;
    const std::string body(70000, 'x');
    EXPECT_EQ(r.stream->send_message(body.data(), 70000, 1), send_result::too_long);
    EXPECT_EQ(r.stream->send_message(body.data(), 65528, 1), send_result::too_long);
    EXPECT_EQ(r.received(), "");
    EXPECT_EQ(r.stream->send_message(body.data(), 65527, 1), send_result::ok);
    EXPECT_EQ(r.received().size(), 65535u);
    EXPECT_EQ(r.stream->queued(), 0u);
}

TEST(FrameStream, AFrameIsSentInOneCallWhereTheSocketTakesIt)
{
    recorder r;
    const size_t before = sends_of_this_thread();
    EXPECT_EQ(r.stream->send_message("body", 4, 1), send_result::ok);
    EXPECT_EQ(sends_of_this_thread() - before, 1u);
    EXPECT_EQ(r.received(), encode_frame(1, "body"));
}

TEST(FrameStream, TheAnswersToABatchLeaveInOneCall)
{
    recorder r;
    std::string requests;
    for (int i = 0; i < 100; ++i)
        requests += encode_frame(i, "?");
    r.on_frame = [&] { r.stream->send_message("answer", 6, r.frames.back().msgid); };
    const size_t before = sends_of_this_thread();
    r.send(requests);
    ASSERT_TRUE(run_until(r.loop, [&] { return r.frames.size() == 100; }));
    EXPECT_EQ(sends_of_this_thread() - before, 1u);
    std::string answers;
    for (int i = 0; i < 100; ++i)
        answers += encode_frame(i, "answer");
    EXPECT_EQ(r.received(), answers);
}

TEST(FrameStream, Trap_R4_WhatTheSocketTakesInPiecesArrivesWhole)
{
    for (const size_t piece : {1u, 3u, 7u, 8u, 9u, 200u}) {
        recorder r;
        size_t calls = 0;
        // Every other call finds no room.
        send_fault fault([&](size_t) { return ++calls % 2 ? piece : 0; });
        std::string expected;
        for (int i = 0; i < 10; ++i) {
            const std::string body = pattern(200, i);
            EXPECT_EQ(r.stream->send_message(body.data(), body.size(), i), send_result::ok);
            expected += encode_frame(i, body);
        }
        std::string got;
        ASSERT_TRUE(run_until(r.loop, [&] {
            got += r.received();
            return got.size() >= expected.size();
        }));
        EXPECT_TRUE(got == expected) << piece;
        EXPECT_EQ(r.stream->queued(), 0u);
    }
}

TEST(FrameStream, CloseDropsWhatIsQueuedAndEndsOnceFromTheLoop)
{
    recorder r;
    {
        send_fault full([](size_t) { return 0; });
        EXPECT_EQ(r.stream->send_message("never", 5, 1), send_result::ok);
    }
    EXPECT_GT(r.stream->queued(), 0u);
    r.stream->close("first");
    r.stream->close("second");
    EXPECT_EQ(r.stream->queued(), 0u);
    EXPECT_EQ(r.ends, 0);
    EXPECT_EQ(r.stream->send_message("x", 1, 1), send_result::closed);
    run_rounds(r.loop);
    EXPECT_EQ(r.ends, 1);
    EXPECT_EQ(r.reason, "first");
    EXPECT_EQ(r.stream->send_message("x", 1, 1), send_result::closed);
    bool ended = false;
    EXPECT_EQ(take(r.pair.theirs.get(), &ended), "");
    EXPECT_TRUE(ended);
}

TEST(FrameStream, CloseInACallbackDeliversNothingMore)
{
    recorder r;
    r.on_frame = [&] { r.stream->close("enough"); };
    r.send(three_frames + three_frames.substr(0, 10));
    ASSERT_TRUE(run_until(r.loop, [&] { return r.ends == 1; }));
    EXPECT_EQ(r.frames.size(), 1u);
    EXPECT_EQ(r.reason, "enough");
}

TEST(FrameStream, TheEndOfThePeerIsTheEnd)
{
    recorder r;
    r.send(three_frames + "a rest");
    r.pair.theirs.reset();
    ASSERT_TRUE(run_until(r.loop, [&] { return r.ends == 1; }));
    expect_three(r);
    run_rounds(r.loop);
    EXPECT_EQ(r.ends, 1);
}

TEST(FrameStream, CloseWhenSentSendsAllAndWaitsForThePeer)
{
    recorder r;
    const std::string body = pattern(60000);
    for (int i = 0; i < 30; ++i)
        ASSERT_EQ(r.stream->send_message(body.data(), body.size(), i), send_result::ok);
    EXPECT_GT(r.stream->queued(), 0u);
    r.stream->close_when_sent();
    EXPECT_EQ(r.stream->send_message("x", 1, 1), send_result::closed);
    size_t got = 0;
    bool ended = false;
    ASSERT_TRUE(run_until(r.loop, [&] {
        got += take(r.pair.theirs.get(), &ended).size();
        return ended;
    }));
    EXPECT_EQ(got, 30 * (body.size() + 8));
    // What the peer still sends is not delivered.
    r.send(three_frames);
    run_rounds(r.loop);
    EXPECT_EQ(r.ends, 0);
    EXPECT_EQ(r.frames.size(), 0u);
    r.pair.theirs.reset();
    ASSERT_TRUE(run_until(r.loop, [&] { return r.ends == 1; }));
}

}  // namespace
}  // namespace lars
