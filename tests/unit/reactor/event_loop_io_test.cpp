#include <algorithm>

#include "event_loop.h"
#include "net_support.h"

namespace lars {
namespace {

using namespace test;

TEST(EventLoopIo, Trap_R5_AnAlwaysReadableFdIsWrittenToo)
{
    event_loop loop(no_log());
    socket_pair pair;
    put(pair.theirs.get(), "never read");
    int reads = 0;
    int writes = 0;
    ASSERT_TRUE(loop.add_io_event(
                        pair.ours.get(), event_loop::READ | event_loop::WRITE, [&] { ++reads; },
                        [&] { ++writes; })
                    .ok());
    run_rounds(loop, 10);
    EXPECT_GE(reads, 9);
    EXPECT_EQ(writes, reads);
    loop.del_io_event(pair.ours.get());
}

TEST(EventLoopIo, ACallbackOnlyRunsWhileItsBitIsInTheMask)
{
    event_loop loop(no_log());
    socket_pair pair;
    put(pair.theirs.get(), "x");
    int reads = 0;
    int writes = 0;
    ASSERT_TRUE(loop.add_io_event(
                        pair.ours.get(), 0, [&] { ++reads; }, [&] { ++writes; })
                    .ok());
    run_rounds(loop, 5);
    EXPECT_EQ(reads + writes, 0);

    ASSERT_TRUE(loop.set_io_mask(pair.ours.get(), event_loop::WRITE).ok());
    run_rounds(loop, 5);
    EXPECT_EQ(reads, 0);
    EXPECT_GE(writes, 4);

    writes = 0;
    ASSERT_TRUE(loop.set_io_mask(pair.ours.get(), event_loop::READ).ok());
    run_rounds(loop, 5);
    EXPECT_GE(reads, 4);
    EXPECT_EQ(writes, 0);
    loop.del_io_event(pair.ours.get());
}

TEST(EventLoopIo, AReaderThatStopsWritingIsNotCalledToWriteInTheSameRound)
{
    event_loop loop(no_log());
    socket_pair pair;
    put(pair.theirs.get(), "x");
    int writes = 0;
    const int fd = pair.ours.get();
    ASSERT_TRUE(loop.add_io_event(
                        fd, event_loop::READ | event_loop::WRITE,
                        [&] { EXPECT_TRUE(loop.set_io_mask(fd, event_loop::READ).ok()); },
                        [&] { ++writes; })
                    .ok());
    run_rounds(loop, 5);
    EXPECT_EQ(writes, 0);
    loop.del_io_event(fd);
}

TEST(EventLoopIo, AHangUpReachesTheWriterWhereNobodyReads)
{
    for (const uint32_t mask : {event_loop::READ, event_loop::WRITE}) {
        event_loop loop(no_log());
        socket_pair pair;
        const int fd = pair.ours.get();
        std::string called;
        ASSERT_TRUE(loop.add_io_event(
                            fd, mask,
                            [&] {
                                called += "r";
                                loop.del_io_event(fd);
                            },
                            [&] {
                                called += "w";
                                loop.del_io_event(fd);
                            })
                        .ok());
        pair.theirs.reset();
        run_rounds(loop, 5);
        EXPECT_EQ(called, mask == event_loop::READ ? "r" : "w");
    }
}

// What a failed fd causes while its mask is as given: "r" and "w" for each call.
std::string calls_of_failed_fd(event_loop &loop, int fd, uint32_t mask, int rounds)
{
    std::string calls;
    EXPECT_TRUE(loop.add_io_event(
                        fd, mask, [&] { calls += "r"; }, [&] { calls += "w"; })
                    .ok());
    run_rounds(loop, rounds);
    loop.del_io_event(fd);
    const std::string until_deleted = calls;
    run_rounds(loop, rounds);
    EXPECT_EQ(calls, until_deleted) << "after del_io_event";
    return calls;
}

std::string repeated(const std::string &text, size_t count)
{
    std::string all;
    while (count-- > 0)
        all += text;
    return all;
}

// One end of a pipe whose other end is closed.
unique_fd lone_end_of_pipe(int which)
{
    int ends[2] = {-1, -1};
    EXPECT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    close(ends[1 - which]);
    return unique_fd(ends[which]);
}

TEST(EventLoopIo, AFailedFdIsReportedInEveryRoundWhateverTheMaskIs)
{
    // epoll has a bit for the fd that hung up and another for the one that failed, and
    // only some of them count as writable.
    socket_pair pair;
    pair.theirs.reset();
    const unique_fd read_end = lone_end_of_pipe(0);
    const unique_fd write_end = lone_end_of_pipe(1);
    for (const int fd : {pair.ours.get(), read_end.get(), write_end.get()}) {
        event_loop loop(no_log());
        const struct {
            uint32_t mask;
            std::string calls;  // in each round
        } cases[] = {
            {0, "r"},
            {event_loop::READ, "r"},
            {event_loop::WRITE, "w"},
            {event_loop::READ | event_loop::WRITE, "rw"},
        };
        for (const auto &one : cases) {
            const std::string calls = calls_of_failed_fd(loop, fd, one.mask, 6);
            const size_t rounds = calls.size() / one.calls.size();
            EXPECT_GE(rounds, 5u) << one.mask << " " << calls;
            EXPECT_EQ(calls, repeated(one.calls, rounds)) << one.mask;
        }
    }
}

TEST(EventLoopIo, AFailedFdThatNobodyIsToldOfKeepsTheLoopAwake)
{
    event_loop loop(no_log());
    socket_pair pair;
    pair.theirs.reset();
    ASSERT_TRUE(loop.add_io_event(pair.ours.get(), 0, {}, [] { ADD_FAILURE(); }).ok());
    EXPECT_GT(wakeups_within(loop, milliseconds(50)), 10u);
    loop.del_io_event(pair.ours.get());
}

TEST(EventLoopIo, ACallbackMayDeleteItsOwnEvent)
{
    event_loop loop(no_log());
    socket_pair pair;
    put(pair.theirs.get(), "x");
    const int fd = pair.ours.get();
    int reads = 0;
    int writes = 0;
    // Larger than a std::function keeps in place: it would be freed under way.
    const std::string captured(1000, 'c');
    ASSERT_TRUE(loop.add_io_event(
                        fd, event_loop::READ | event_loop::WRITE,
                        [&, captured] {
                            loop.del_io_event(fd);
                            reads += captured == std::string(1000, 'c');
                        },
                        [&] { ++writes; })
                    .ok());
    run_rounds(loop, 5);
    EXPECT_EQ(reads, 1);
    EXPECT_EQ(writes, 0);
}

TEST(EventLoopIo, ACallbackMayReplaceItsOwnEvent)
{
    event_loop loop(no_log());
    socket_pair pair;
    put(pair.theirs.get(), "x");
    const int fd = pair.ours.get();
    std::string calls;
    ASSERT_TRUE(loop.add_io_event(fd, event_loop::READ | event_loop::WRITE,
                                  [&] {
                                      calls += "old ";
                                      loop.del_io_event(fd);
                                      EXPECT_TRUE(loop.add_io_event(
                                                          fd, event_loop::WRITE,
                                                          [&] { calls += "read "; },
                                                          [&] {
                                                              calls += "new";
                                                              loop.del_io_event(fd);
                                                          })
                                                      .ok());
                                      // This round's event was the old owner's.
                                      loop.add_task([&] { calls += "round "; });
                                  })
                    .ok());
    run_rounds(loop, 5);
    EXPECT_EQ(calls, "old round new");
}

TEST(EventLoopIo, EventsOfADeletedFdAreNotDelivered)
{
    event_loop loop(no_log());
    std::vector<socket_pair> pairs(10);
    int calls = 0;
    for (socket_pair &pair : pairs) {
        put(pair.theirs.get(), "x");
        ASSERT_TRUE(loop.add_io_event(pair.ours.get(), event_loop::READ,
                                      [&] {
                                          ++calls;
                                          for (socket_pair &other : pairs)
                                              loop.del_io_event(other.ours.get());
                                      })
                        .ok());
    }
    run_rounds(loop, 5);
    EXPECT_EQ(calls, 1);
}

// Both are readable when the loop looks. Whichever callback comes first closes the
// other's fd and gives its number to a new socket, which has nothing to read.
TEST(EventLoopIo, Trap_R6_ClosedAndReusedFdIsNotConfused)
{
    event_loop loop(no_log());
    socket_pair first;
    socket_pair second;
    socket_pair fresh;
    int old_calls = 0;
    int fresh_calls = 0;
    auto replace = [&](socket_pair &mine, socket_pair &other) {
        ++old_calls;
        loop.del_io_event(mine.ours.get());
        const int number = other.ours.get();
        loop.del_io_event(number);
        ASSERT_EQ(dup3(fresh.ours.get(), number, O_CLOEXEC), number);
        ASSERT_TRUE(loop.add_io_event(number, event_loop::READ, [&] { ++fresh_calls; }).ok());
    };
    ASSERT_TRUE(
        loop.add_io_event(first.ours.get(), event_loop::READ, [&] { replace(first, second); })
            .ok());
    ASSERT_TRUE(
        loop.add_io_event(second.ours.get(), event_loop::READ, [&] { replace(second, first); })
            .ok());
    put(first.theirs.get(), "x");
    put(second.theirs.get(), "x");
    run_rounds(loop, 5);
    EXPECT_EQ(old_calls, 1);
    EXPECT_EQ(fresh_calls, 0);

    // The new owner is served.
    put(fresh.theirs.get(), "x");
    run_rounds(loop, 5);
    EXPECT_GE(fresh_calls, 1);
}

TEST(EventLoopIo, ManyFdsAtOnceAreAllServed)
{
    event_loop loop(no_log());
    std::vector<socket_pair> pairs(600);
    size_t served = 0;
    for (socket_pair &pair : pairs) {
        put(pair.theirs.get(), "x");
        ASSERT_TRUE(loop.add_io_event(pair.ours.get(), event_loop::READ,
                                      [&] { served += take(pair.ours.get()).size(); })
                        .ok());
    }
    EXPECT_TRUE(run_until(loop, [&] { return served == pairs.size(); }));
    for (socket_pair &pair : pairs)
        loop.del_io_event(pair.ours.get());
}

TEST(EventLoopIo, AnFdThatCannotBeWatchedIsAnError)
{
    event_loop loop(no_log());
    socket_pair pair;
    bool served = false;
    ASSERT_TRUE(loop.add_io_event(pair.ours.get(), event_loop::READ, [&] { served = true; }).ok());

    EXPECT_FALSE(loop.add_io_event(-1, event_loop::READ, [] {}).ok());
    const unique_fd file(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    EXPECT_FALSE(loop.add_io_event(file.get(), event_loop::READ, [] {}).ok());
    EXPECT_FALSE(loop.set_io_mask(file.get(), event_loop::READ).ok());
    EXPECT_FALSE(loop.set_io_mask(-1, event_loop::READ).ok());
    EXPECT_FALSE(loop.set_io_mask(100000, event_loop::READ).ok());
    loop.del_io_event(file.get());
    loop.del_io_event(-1);

    // The others are served as before.
    put(pair.theirs.get(), "x");
    EXPECT_TRUE(run_until(loop, [&] { return served; }));
    loop.del_io_event(pair.ours.get());
}

}  // namespace
}  // namespace lars
