// A peer that does not read, as seen by one stream on a socket pair; the loop runs
// in the test's own thread.
#include "faults.h"
#include "frame_stream.h"
#include "net_support.h"
#include "tcp_client.h"
#include "tcp_server.h"

namespace lars {
namespace {

using namespace test;

// Answers each request with as many bytes as its id says.
class answerer final : public frame_stream::handler {
public:
    explicit answerer(const queue_limits &limits)
    {
        stream = std::make_unique<frame_stream>(&loop, std::move(pair.ours), this, limits);
        EXPECT_TRUE(stream->start().ok());
    }
    ~answerer() { stream.reset(); }

    void handle_frame(const char *, uint32_t, int msgid) override
    {
        const std::string body = pattern(static_cast<size_t>(msgid), handled);
        last = stream->send_message(body.data(), body.size(), msgid);
        most_queued = std::max(most_queued, stream->queued());
        expected += encode_frame(msgid, body);
        ++handled;
    }
    void handle_end(const std::string &) override { ++ends; }

    event_loop loop{no_log()};
    socket_pair pair;
    std::unique_ptr<frame_stream> stream;
    unsigned handled = 0;
    size_t most_queued = 0;
    std::string expected;
    send_result last = send_result::ok;
    int ends = 0;
};

// Sends all of it, however often the socket is full. False if the stream does not
// read on.
bool push(answerer &a, const std::string &bytes)
{
    size_t sent = 0;
    unsigned idle_rounds = 0;
    while (sent < bytes.size() && idle_rounds < 50) {
        const ssize_t n = send(a.pair.theirs.get(), bytes.data() + sent, bytes.size() - sent,
                               MSG_DONTWAIT | MSG_NOSIGNAL);
        idle_rounds = n > 0 ? 0 : idle_rounds + 1;
        sent += n > 0 ? static_cast<size_t>(n) : 0;
        run_rounds(a.loop, 3);
    }
    run_rounds(a.loop);
    return sent == bytes.size();
}

std::string requests(size_t count, int size)
{
    std::string all;
    for (size_t i = 0; i < count; ++i)
        all += encode_frame(size, "request");
    return all;
}

TEST(Backpressure, Trap_R9_AboveTheHighWaterMarkReadingPausesAndThenGoesOn)
{
    queue_limits limits;
    limits.high_water = 256u << 10;
    answerer a(limits);
    constexpr unsigned count = 300;
    push(a, requests(count, 30000));
    EXPECT_LT(a.handled, 100u);
    EXPECT_GT(a.stream->queued(), limits.high_water);
    // Above the mark by no more than what one batch may hold back.
    EXPECT_LT(a.most_queued, limits.high_water + (64u << 10) + 2 * 30008);
    EXPECT_EQ(a.ends, 0);

    std::string got;
    EXPECT_TRUE(run_until(a.loop, [&] {
        got += take(a.pair.theirs.get());
        return a.handled == count && got.size() == a.expected.size();
    }));
    EXPECT_TRUE(got == a.expected);
    EXPECT_EQ(a.ends, 0);
}

TEST(Backpressure, WhilePausedTheLoopSleeps)
{
    queue_limits limits;
    limits.high_water = 100000;
    answerer a(limits);
    ASSERT_FALSE(push(a, requests(20000, 60000)));
    EXPECT_EQ(wakeups_within(a.loop, milliseconds(100)), 1u);
}

TEST(Backpressure, ReadingGoesOnAtHalfOfTheHighWaterMark)
{
    queue_limits limits;
    limits.high_water = 200000;
    answerer a(limits);
    size_t room = 0;
    send_fault fault([&](size_t size) {
        const size_t taken = std::min(size, room);
        room -= taken;
        return taken;
    });
    put(a.pair.theirs.get(), requests(30, 20000));
    run_rounds(a.loop);
    const unsigned before = a.handled;
    const size_t queued = a.stream->queued();
    ASSERT_LT(before, 30u);
    ASSERT_GT(queued, limits.high_water);

    take(a.pair.theirs.get());
    room = queued - limits.high_water / 2 - 1;
    run_rounds(a.loop);
    EXPECT_EQ(a.stream->queued(), limits.high_water / 2 + 1);
    EXPECT_EQ(a.handled, before);
    take(a.pair.theirs.get());
    room = 1;
    run_rounds(a.loop);
    EXPECT_GT(a.handled, before);
}

// The socket is full in the middle of a batch and has room again at its end: the
// requests of the batch that had to wait must not wait for another event.
TEST(Backpressure, RequestsHeldBackAreServedWhenTheSocketTakesAllAtOnce)
{
    queue_limits limits;
    limits.high_water = 70000;
    for (const bool other_sends : {false, true}) {
        answerer a(limits);
        int full = 1;
        send_fault fault([&](size_t size) { return full-- > 0 ? 0 : size; });
        std::string got;
        put(a.pair.theirs.get(), requests(10, 40000));
        if (other_sends)
            a.loop.add_task([&] {
                // Someone else uses the stream in between.
                const std::string body = "push";
                a.stream->send_message(body.data(), body.size(), 4);
            });
        ASSERT_TRUE(run_until(a.loop, [&] {
            got += take(a.pair.theirs.get());
            return a.handled == 10;
        })) << a.handled;
        ASSERT_TRUE(run_until(a.loop, [&] {
            got += take(a.pair.theirs.get());
            return got.size() >= a.expected.size();
        }));
        EXPECT_TRUE(other_sends || got == a.expected);
    }
}

TEST(Backpressure, AQueueAboveItsLimitClosesTheConnection)
{
    queue_limits limits;
    limits.max_queue = 500000;
    answerer a(limits);
    const std::string body(60000, 'x');
    send_result result = send_result::ok;
    int sent = 0;
    while ((result = a.stream->send_message(body.data(), body.size(), 1)) == send_result::ok)
        ASSERT_LT(++sent, 1000);
    EXPECT_EQ(result, send_result::overflow);
    EXPECT_EQ(a.stream->queued(), 0u);
    EXPECT_EQ(a.stream->send_message(body.data(), body.size(), 1), send_result::closed);
    EXPECT_EQ(a.ends, 0);
    ASSERT_TRUE(run_until(a.loop, [&] { return a.ends == 1; }));
}

// What one callback sends is held back for one write; that alone is no reason to
// think that the peer does not read.
TEST(Backpressure, ALongAnswerInPiecesIsNoOverflowWhereThePeerReads)
{
    queue_limits limits;
    limits.max_queue = 70000;
    answerer a(limits);
    bool all_taken = true;
    a.loop.add_task([&] {
        a.stream->batch([&] {
            const std::string body(30000, 'x');
            for (int i = 0; i < 5; ++i)
                all_taken = all_taken &&
                            a.stream->send_message(body.data(), body.size(), 1) == send_result::ok;
        });
    });
    size_t got = 0;
    ASSERT_TRUE(run_until(a.loop, [&] {
        got += take(a.pair.theirs.get()).size();
        return got == 5 * 30008 || a.ends > 0;
    }));
    EXPECT_TRUE(all_taken);
    EXPECT_EQ(a.ends, 0);
}

// An echo server, and a client that sends far more than server, client and sockets hold before
// it reads. Where the client is told to pause too, neither end goes on; as it is by default, with
// the same limits, it gets everything.
TEST(Backpressure, TwoEndsThatBothPauseStopAndAClientThatNeverPausesDoesNot)
{
    for (const bool client_pauses : {true, false}) {
        event_loop loop{no_log()};
        queue_limits limits;
        limits.high_water = 64u << 10;
        limits.max_queue = 64u << 20;
        tcp_server_options server_options;
        server_options.limits = limits;
        tcp_server server(&loop, server_options);
        ASSERT_TRUE(server.add_msg_router(1, echo()).ok());
        ASSERT_TRUE(server.bind(loopback()).ok());
        ASSERT_TRUE(server.start().ok());

        tcp_client_options options;
        options.limits = limits;
        options.pauses_reading = client_pauses;
        tcp_client client(&loop, "test", {server.address()}, options);
        const int count = 1000;
        int answered = 0;
        ASSERT_TRUE(client
                        .add_msg_router(
                            1, [&](const char *, uint32_t, int, net_connection &) { ++answered; })
                        .ok());
        client.set_conn_start([&](net_connection &conn) {
            const std::string body(60000, 'x');
            for (int i = 0; i < count; ++i)
                EXPECT_EQ(conn.send_message(body.data(), body.size(), 1), send_result::ok);
        });
        client.start();
        if (client_pauses) {
            bool over = false;
            loop.run_after(std::chrono::milliseconds(500), [&] { over = true; });
            ASSERT_TRUE(run_until(loop, [&] { return over; }));
            EXPECT_EQ(answered, 0);
            EXPECT_TRUE(client.connected());
        } else {
            EXPECT_TRUE(run_until(loop, [&] { return answered == count; })) << answered;
        }
    }
}

TEST(Backpressure, Trap_R14_AResetWithQueuedOutputEndsTheConnectionOnce)
{
    for (const bool paused : {false, true}) {
        queue_limits limits;
        limits.high_water = paused ? 50000 : 4u << 20;
        answerer a(limits);
        push(a, requests(paused ? 20000 : 30, 60000));
        ASSERT_GT(a.stream->queued(), 0u);
        a.pair.theirs.reset();
        ASSERT_TRUE(run_until(a.loop, [&] { return a.ends == 1; }));
        EXPECT_EQ(a.stream->queued(), 0u);

        // A loop that still saw the dead socket would wake up all the time.
        EXPECT_EQ(wakeups_within(a.loop, milliseconds(50)), 1u);
        EXPECT_EQ(a.ends, 1);
    }
}

}  // namespace
}  // namespace lars
