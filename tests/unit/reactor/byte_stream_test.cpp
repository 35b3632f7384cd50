// A stream of bytes on a socket pair, without frames; the loop runs in the test's
// own thread.
#include "byte_stream.h"

#include "faults.h"
#include "net_support.h"

namespace lars {
namespace {

using namespace test;

// Uses whole lines; each answer is the line in brackets.
class line_server final : public byte_stream::handler {
public:
    explicit line_server(const queue_limits &limits = {})
    {
        stream = std::make_unique<byte_stream>(&loop, std::move(pair.ours), this, limits);
        EXPECT_TRUE(stream->start().ok());
    }
    // The stream goes before the loop it lives in.
    ~line_server() { stream.reset(); }

    byte_stream::progress handle_bytes(const char *data, size_t size) override
    {
        given.emplace_back(data, size);
        byte_stream::progress made;
        while (stream->delivers() && made.used < size) {
            const char *start = data + made.used;
            const void *end = std::memchr(start, '\n', size - made.used);
            if (!end)
                break;
            const std::string line(start, static_cast<const char *>(end));
            made.used += line.size() + 1;
            lines.push_back(line);
            if (on_line)
                on_line(line);
            stream->send_if_much_is_queued();
        }
        made.missing = missing;
        return made;
    }
    void handle_end(const std::string &why) override
    {
        ++ends;
        reason = why;
    }
    void answer_lines()
    {
        on_line = [this](const std::string &line) { stream->send("[" + line, "]"); };
    }
    void send(const std::string &bytes) { put(pair.theirs.get(), bytes); }
    std::string received(bool *ended = nullptr) { return take(pair.theirs.get(), ended); }

    event_loop loop{no_log()};
    socket_pair pair;
    std::unique_ptr<byte_stream> stream;
    std::vector<std::string> given;  // at each call
    std::vector<std::string> lines;
    std::function<void(const std::string &line)> on_line;
    size_t missing = 1;
    int ends = 0;
    std::string reason;
};

using strings = std::vector<std::string>;

TEST(ByteStream, WhatIsNotUsedIsGivenAgainWithWhatFollowsIt)
{
    line_server s;
    s.send("one\ntw");
    run_rounds(s.loop, 3);
    EXPECT_EQ(s.given, (strings{"one\ntw"}));
    s.missing = 100;
    s.send("o");
    run_rounds(s.loop, 3);
    s.send("\nthree\n");
    run_rounds(s.loop, 3);
    EXPECT_EQ(s.given, (strings{"one\ntw", "two", "two\nthree\n"}));
    EXPECT_EQ(s.lines, (strings{"one", "two", "three"}));
}

// Then the rest is handed over where it was received.
TEST(ByteStream, OnlyTheMissingBytesAreAddedToWhatIsKept)
{
    line_server s;
    s.missing = 3;
    s.send("on");
    run_rounds(s.loop, 3);
    s.send("e\nt");
    run_rounds(s.loop, 3);
    EXPECT_EQ(s.given, (strings{"on", "one\nt"}));
    s.given.clear();
    s.send("wo\nthree\nfour\n");
    run_rounds(s.loop, 3);
    EXPECT_EQ(s.given, (strings{"two\n", "three\nfour\n"}));
    EXPECT_EQ(s.lines, (strings{"one", "two", "three", "four"}));
}

TEST(ByteStream, PartsLeaveInOneCallWhereNothingIsQueued)
{
    line_server s;
    const size_t before = sends_of_this_thread();
    EXPECT_EQ(s.stream->send("HTTP/1.1 200 OK\r\n\r\n", "body"), send_result::ok);
    EXPECT_EQ(s.stream->send("alone"), send_result::ok);
    EXPECT_EQ(sends_of_this_thread() - before, 2u);
    EXPECT_EQ(s.received(), "HTTP/1.1 200 OK\r\n\r\nbodyalone");
    EXPECT_EQ(s.stream->send("", ""), send_result::ok);
    EXPECT_EQ(s.received(), "");
}

TEST(ByteStream, PartsArriveWholeWhereverTheFirstWriteEnds)
{
    const std::string first = pattern(50, 1);
    const std::string second = pattern(70, 2);
    const std::string third = pattern(30, 3);
    const std::string all = first + second + third;
    for (size_t room = 0; room <= all.size(); ++room) {
        line_server s;
        {
            size_t left = room;
            send_fault fault([&](size_t size) {
                const size_t taken = std::min(size, left);
                left -= taken;
                return taken;
            });
            ASSERT_EQ(s.stream->send(first, second, third), send_result::ok);
            ASSERT_EQ(s.stream->queued(), all.size() - room);
        }
        run_rounds(s.loop, 3);
        ASSERT_TRUE(s.received() == all) << room;
    }
}

TEST(ByteStream, AnswersToOneReadLeaveInOneCall)
{
    line_server s;
    s.answer_lines();
    const size_t before = sends_of_this_thread();
    s.send("a\nb\nc\n");
    run_rounds(s.loop, 3);
    EXPECT_EQ(sends_of_this_thread() - before, 1u);
    EXPECT_EQ(s.received(), "[a][b][c]");
}

TEST(ByteStream, WhilePausedNothingIsDeliveredAndAfterwardsAllOfItOnce)
{
    queue_limits limits;
    limits.high_water = 1000;
    line_server s(limits);
    bool full = true;
    send_fault fault([&](size_t size) { return full ? 0 : size; });
    s.on_line = [&](const std::string &line) {
        s.stream->send(line == "long" ? std::string(70000, 'x') : line);
    };
    s.send("long\nsecond\nthi");
    run_rounds(s.loop);
    EXPECT_FALSE(s.stream->delivers());
    EXPECT_EQ(s.lines, (strings{"long"}));
    s.send("rd\n");
    run_rounds(s.loop);
    EXPECT_EQ(s.given.size(), 1u);

    full = false;
    ASSERT_TRUE(run_until(s.loop, [&] { return s.lines.size() == 3; }));
    EXPECT_EQ(s.lines, (strings{"long", "second", "third"}));
    EXPECT_TRUE(s.stream->delivers());
    run_rounds(s.loop);
    EXPECT_EQ(s.received(), std::string(70000, 'x') + "secondthird");
}

// What it has asked for is delivered and answered although it was done while paused.
TEST(ByteStream, APeerThatSendsNoMoreStillGetsItsAnswers)
{
    for (const bool paused : {false, true}) {
        queue_limits limits;
        limits.high_water = paused ? 0 : limits.high_water;
        line_server s(limits);
        s.answer_lines();
        bool full = true;
        send_fault fault([&](size_t size) { return full ? 0 : size; });
        s.send("first\nsecond\nthird\n");
        shutdown(s.pair.theirs.get(), SHUT_WR);
        run_rounds(s.loop);
        EXPECT_EQ(s.ends, 0);
        full = false;
        std::string got;
        bool ended = false;
        ASSERT_TRUE(run_until(s.loop, [&] {
            got += s.received(&ended);
            return ended;
        }));
        EXPECT_EQ(got, "[first][second][third]");
        ASSERT_TRUE(run_until(s.loop, [&] { return s.ends == 1; }));
        EXPECT_EQ(s.reason, "the peer closed the connection");
    }
}

// The socket is full in the middle of a read and has room again at its end, and then
// the peer's end is all that the socket tells of.
TEST(ByteStream, WhatWasHeldBackIsDeliveredBeforeThePeersEndEndsTheStream)
{
    queue_limits limits;
    limits.high_water = 1000;
    line_server s(limits);
    int full = 1;
    send_fault fault([&](size_t size) { return full-- > 0 ? 0 : size; });
    s.on_line = [&](const std::string &line) {
        s.stream->send(line == "long" ? std::string(70000, 'x') : line);
    };
    s.send("long\nsecond\n");
    shutdown(s.pair.theirs.get(), SHUT_WR);
    std::string got;
    ASSERT_TRUE(run_until(s.loop, [&] {
        got += s.received();
        return s.ends == 1;
    }));
    EXPECT_EQ(s.lines, (strings{"long", "second"}));
    EXPECT_EQ(got + s.received(), std::string(70000, 'x') + "second");
}

TEST(ByteStream, DrainingSendsWhatIsQueuedDeliversNothingAndWaitsForThePeer)
{
    line_server s;
    {
        send_fault full([](size_t) { return 0; });
        EXPECT_EQ(s.stream->send("queued"), send_result::ok);
        s.stream->close_when_sent();
        run_rounds(s.loop);
        EXPECT_EQ(s.stream->queued(), 6u);
    }
    EXPECT_FALSE(s.stream->delivers());
    EXPECT_EQ(s.stream->send("late"), send_result::closed);
    s.send("late\n");
    run_rounds(s.loop);
    bool ended = false;
    std::string got = s.received(&ended);
    got += s.received(&ended);
    EXPECT_EQ(got, "queued");
    EXPECT_TRUE(ended);
    EXPECT_EQ(s.ends, 0);
    EXPECT_TRUE(s.given.empty());
    s.pair.theirs.reset();
    ASSERT_TRUE(run_until(s.loop, [&] { return s.ends == 1; }));
}

TEST(ByteStream, CloseWhileDrainingEndsWithItsReason)
{
    line_server s;
    {
        send_fault full([](size_t) { return 0; });
        s.stream->send("never");
        s.stream->close_when_sent();
    }
    s.stream->close("cut off");
    s.stream->close_when_sent();
    EXPECT_EQ(s.stream->queued(), 0u);
    EXPECT_EQ(s.ends, 0);
    run_rounds(s.loop);
    EXPECT_EQ(s.ends, 1);
    EXPECT_EQ(s.reason, "cut off");
    EXPECT_EQ(s.received(), "");
}

TEST(ByteStream, AfterAbandonNothingIsHeardOfIt)
{
    line_server s;
    s.on_line = [&](const std::string &) { s.stream->abandon(); };
    s.send("one\ntwo\n");
    run_rounds(s.loop);
    EXPECT_EQ(s.lines, (strings{"one"}));
    EXPECT_EQ(s.ends, 0);
    EXPECT_EQ(s.stream->send("x"), send_result::closed);
    s.stream->close("again");
    s.stream->close_when_sent();
    s.stream->abandon();
    run_rounds(s.loop);
    EXPECT_EQ(s.ends, 0);
    bool ended = false;
    EXPECT_EQ(s.received(&ended), "");
    EXPECT_TRUE(ended);
}

TEST(ByteStream, BytesWithoutEndThatTheHandlerCannotUseCloseIt)
{
    line_server s;
    s.missing = 1u << 30;
    const std::string part(65536, 'x');
    size_t sent = 0;
    while (s.ends == 0 && sent < 64u << 20) {
        const ssize_t n = send(s.pair.theirs.get(), part.data(), part.size(), MSG_NOSIGNAL);
        sent += n > 0 ? static_cast<size_t>(n) : 0;
        run_rounds(s.loop, 3);
    }
    EXPECT_EQ(s.ends, 1);
    EXPECT_NE(s.reason.find("make no message"), std::string::npos) << s.reason;
    EXPECT_GT(sent, 8000000u);
    EXPECT_TRUE(s.lines.empty());
}

}  // namespace
}  // namespace lars
