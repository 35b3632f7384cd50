// The small classes: log lines, backoff, status, headers, routers, fds.
#include <fnmatch.h>

#include "backoff.h"
#include "message.h"
#include "msg_router.h"
#include "net_support.h"
#include "sockets.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

// What WRITE puts to stderr, and how many writes it took.
std::string captured(const std::function<void()> &write_lines, size_t *writes = nullptr)
{
    int fds[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    const unique_fd in(fds[0]);
    const unique_fd out(fds[1]);
    const unique_fd before(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    dup2(out.get(), STDERR_FILENO);
    write_lines();
    dup2(before.get(), STDERR_FILENO);
    std::string text;
    char space[4096];
    ssize_t got = 0;
    while ((got = recv(in.get(), space, sizeof space, MSG_DONTWAIT)) > 0) {
        text.append(space, static_cast<size_t>(got));
        if (writes)
            ++*writes;
    }
    return text;
}

TEST(Log, ALineHasTimeLevelAndComponentInOneWrite)
{
    size_t writes = 0;
    const std::string text = captured(
        [] {
            const log_sink log = stderr_log("lars_dns");
            log(log_level::debug, "left out");
            log(log_level::info, "one");
            log(log_level::warn, "two");
            log(log_level::error, "three");
        },
        &writes);
    const std::string two = "[0-9][0-9]";
    const std::string time = two + two + "-" + two + "-" + two + " " + two + ":" + two + ":" + two +
                             ".[0-9]" + two + " ";
    const std::string expected = time + "INFO lars_dns: one\n" + time + "WARN lars_dns: two\n" +
                                 time + "ERROR lars_dns: three\n";
    EXPECT_EQ(fnmatch(expected.c_str(), text.c_str(), 0), 0) << text;
    EXPECT_EQ(writes, 3u);
}

TEST(Log, TheLowestLevelIsChosenAndNoLogIsSilent)
{
    EXPECT_EQ(captured([] { no_log()(log_level::error, "nobody hears"); }), "");
    const std::string text = captured([] {
        const log_sink log = stderr_log("x", log_level::error);
        log(log_level::warn, "left out");
        log(log_level::error, "in");
    });
    EXPECT_EQ(text.find("left out"), std::string::npos);
    EXPECT_NE(captured([] {
                  stderr_log("x", log_level::debug)(log_level::debug, "in");
              }).find(" DEBUG x: in\n"),
              std::string::npos);
}

TEST(Log, ALineIsPutTogetherFromItsPartsOnlyWhereItIsWanted)
{
    struct counted {
        int *calls;
        std::string to_string() const { return std::to_string(++*calls); }
    };
    std::vector<std::string> lines;
    const log_sink log([&](log_level, const std::string &line) { lines.push_back(line); },
                       log_level::warn);
    int calls = 0;
    EXPECT_FALSE(log.wants(log_level::info));
    EXPECT_TRUE(log.wants(log_level::warn));
    log(log_level::info, "left out ", counted{&calls});
    EXPECT_EQ(calls, 0);
    log(log_level::error, std::string("a "), -7, " ", loopback(80), " ", counted{&calls});
    EXPECT_EQ(lines, std::vector<std::string>{"a -7 127.0.0.1:80 1"});
    no_log()(log_level::error, counted{&calls});
    EXPECT_EQ(calls, 1);
}

TEST(LogLimiter, LetsSomeLinesThroughEachSecondAndCountsTheRest)
{
    std::vector<std::string> lines;
    const log_sink log = [&](log_level, const std::string &line) { lines.push_back(line); };
    log_limiter limiter(2);
    const std::chrono::steady_clock::time_point start(1000s);
    const auto write = [&](std::chrono::milliseconds at) {
        return limiter.write(log, start + at, log_level::warn, "line");
    };
    EXPECT_TRUE(write(0ms));
    EXPECT_TRUE(write(1ms));
    for (int i = 0; i < 50; ++i)
        EXPECT_FALSE(write(999ms));
    EXPECT_TRUE(write(1000ms));
    EXPECT_TRUE(write(1000ms));
    EXPECT_FALSE(write(1999ms));
    const std::vector<std::string> expected = {"line", "line", "line (50 more before)", "line"};
    EXPECT_EQ(lines, expected);
}

TEST(TroubleLog, SaysTheSameTroubleOnceUntilItIsOver)
{
    std::vector<std::string> lines;
    const log_sink log = [&](log_level, const std::string &line) { lines.push_back(line); };
    trouble_log trouble;
    EXPECT_FALSE(trouble.over());
    trouble.say(log, log_level::error, "", "first, without a key");
    trouble.say(log, log_level::error, "", "not said");
    trouble.say(log, log_level::error, "away", "the database is away");
    trouble.say(log, log_level::error, "away", "in other words");
    EXPECT_TRUE(trouble.said());
    EXPECT_TRUE(trouble.over());
    EXPECT_FALSE(trouble.over());
    trouble.say(log, log_level::error, "away", "away again");
    const std::vector<std::string> expected = {"first, without a key", "the database is away",
                                               "away again"};
    EXPECT_EQ(lines, expected);
}

TEST(Backoff, DoublesUpToItsLimitBetweenHalfAndAll)
{
    backoff wait(100ms, 1000ms);
    for (int round = 0; round < 50; ++round) {
        for (const int step : {100, 200, 400, 800, 1000, 1000}) {
            const auto next = wait.next().count();
            EXPECT_GE(next, step / 2);
            EXPECT_LE(next, step);
        }
        wait.reset();
    }
}

TEST(Backoff, DiffersFromPeerToPeer)
{
    int same = 0;
    for (int i = 0; i < 50; ++i) {
        backoff a(100000ms, 100000ms);
        backoff b(100000ms, 100000ms);
        same += a.next() == b.next();
    }
    EXPECT_LT(same, 5);
}

TEST(Status, IsOkOrAnErrorInWords)
{
    EXPECT_TRUE(status().ok());
    EXPECT_EQ(status().message(), "");
    EXPECT_FALSE(status::error("").ok());
    EXPECT_EQ(status::error("why").message(), "why");
    EXPECT_EQ(status::from_errno("open x", ENOENT).message(), "open x: No such file or directory");
}

TEST(Status, CarriesItsKind)
{
    EXPECT_EQ(status().kind(), status_kind::ok);
    EXPECT_EQ(status::error("why").kind(), status_kind::failed);
    const status s = status::error("why", status_kind::conflict);
    EXPECT_EQ(s.kind(), status_kind::conflict);
    EXPECT_EQ(s.message(), "why");
}

TEST(Message, TheHeaderIsLittleEndian)
{
    char head[MESSAGE_HEAD_LEN];
    encode_head({0x01020304, -2}, head);
    EXPECT_EQ(to_hex(std::string(head, sizeof head)), "04030201feffffff");
    const msg_head back = decode_head(head);
    EXPECT_EQ(back.msgid, 0x01020304);
    EXPECT_EQ(back.msglen, -2);
    EXPECT_EQ(MESSAGE_LENGTH_LIMIT, 65527u);
    EXPECT_EQ(DATAGRAM_LENGTH_LIMIT, 65499u);
}

class nobody final : public net_connection {
public:
    send_result send_message(const char *, size_t, int) override { return send_result::closed; }
    void close() override {}
    endpoint peer() const override { return {}; }
    event_loop *loop() const override { return nullptr; }
};

TEST(MsgRouter, Trap_R24_RegisteringTwiceIsAnErrorAndChangesNothing)
{
    msg_router router;
    std::string called;
    const auto says = [&](const std::string &word) {
        return [&called, word](const char *data, uint32_t len, int msgid, net_connection &) {
            called += word + std::to_string(msgid) + std::string(data, len);
        };
    };
    EXPECT_TRUE(router.register_msg_router(1, says("first")).ok());
    const status twice = router.register_msg_router(1, says("second"));
    EXPECT_FALSE(twice.ok());
    EXPECT_NE(twice.message().find("1"), std::string::npos);
    EXPECT_TRUE(router.register_msg_router(-1, says("negative")).ok());
    nobody conn;
    EXPECT_TRUE(router.call("x", 1, 1, conn));
    EXPECT_FALSE(router.call("x", 1, 2, conn));
    EXPECT_TRUE(router.call("", 0, -1, conn));
    EXPECT_EQ(called, "first1xnegative-1");
}

TEST(UniqueFd, ClosesOnce)
{
    unique_fd a(open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int number = a.get();
    ASSERT_TRUE(a.valid());
    unique_fd b(std::move(a));
    EXPECT_EQ(b.get(), number);
    EXPECT_FALSE(unique_fd().valid());
    b.reset();
    EXPECT_EQ(fcntl(number, F_GETFD), -1);
    // The number is somebody else's now, and the old owner leaves it alone.
    const unique_fd other(open("/dev/null", O_RDONLY | O_CLOEXEC));
    b.reset();
    {
        const unique_fd gone(std::move(b));
    }
    EXPECT_NE(fcntl(other.get(), F_GETFD), -1);
}

TEST(Sockets, AnFdWithoutAnAddressHasNone)
{
    EXPECT_EQ(local_address(-1), endpoint());
    unique_fd fd;
    ASSERT_TRUE(bind_socket(SOCK_DGRAM, loopback(), &fd).ok());
    EXPECT_NE(local_address(fd.get()).port, 0);
    EXPECT_NE(fcntl(fd.get(), F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
    unique_fd none;
    EXPECT_FALSE(bind_socket(SOCK_STREAM, {0x08080808, 1}, &none).ok());
    EXPECT_FALSE(none.valid());
}

}  // namespace
}  // namespace lars
