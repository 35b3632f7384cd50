#include "event_loop.h"

#include <sys/resource.h>

#include <csignal>

#include "net_support.h"

namespace lars {
namespace {

using namespace test;

TEST(EventLoop, TasksRunInTheOrderOfTheCalls)
{
    event_loop loop(no_log());
    std::vector<int> order;
    for (int i = 0; i < 5; ++i)
        loop.add_task([&order, i] { order.push_back(i); });
    loop.add_task([&] { loop.stop(); });
    ASSERT_TRUE(loop.event_process().ok());
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(EventLoop, TasksOfEachThreadKeepTheirOrder)
{
    event_loop loop(no_log());
    constexpr int count = 2000;
    std::vector<int> seen[2];
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < count; ++i)
                loop.add_task([&seen, t, i] { seen[t].push_back(i); });
        });
    }
    EXPECT_TRUE(run_until(loop, [&] { return seen[0].size() + seen[1].size() == 2 * count; }));
    for (std::thread &thread : threads)
        thread.join();
    for (const std::vector<int> &order : seen)
        EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(EventLoop, Trap_R23_ATaskThatAddsATaskRunsItInTheNextRound)
{
    event_loop loop(no_log());
    std::vector<std::string> order;
    loop.add_task([&] {
        order.push_back("first");
        // Enough of them to move the list while it is run.
        for (int i = 0; i < 100; ++i)
            loop.add_task([&] { order.push_back("added"); });
        loop.add_task([&] { loop.stop(); });
    });
    loop.add_task([&] { order.push_back("second"); });
    ASSERT_TRUE(loop.event_process().ok());
    ASSERT_EQ(order.size(), 102u);
    EXPECT_EQ(order[1], "second");
    EXPECT_EQ(order[2], "added");
}

TEST(EventLoop, RunInLoopRunsAtOnceThereAndAsATaskElsewhere)
{
    loop_thread thread(no_log());
    ASSERT_TRUE(thread.start().ok());
    EXPECT_FALSE(thread.loop()->in_loop_thread());
    const bool at_once = in_loop(thread.loop(), [loop = thread.loop()] {
        bool ran = false;
        loop->run_in_loop([&] { ran = loop->in_loop_thread(); });
        return ran;
    });
    EXPECT_TRUE(at_once);

    std::promise<std::thread::id> ran_in;
    thread.loop()->run_in_loop([&] { ran_in.set_value(std::this_thread::get_id()); });
    EXPECT_NE(ran_in.get_future().get(), std::this_thread::get_id());
}

TEST(EventLoop, StopBeforeTheStartIsNotLost)
{
    event_loop loop(no_log());
    bool ran = false;
    loop.run_after(milliseconds(0), [&] { ran = true; });
    loop.stop();
    ASSERT_TRUE(loop.event_process().ok());
    EXPECT_FALSE(ran);
}

TEST(EventLoop, RunsAgainAfterAStop)
{
    event_loop loop(no_log());
    for (int i = 0; i < 3; ++i) {
        bool ran = false;
        loop.add_task([&] {
            ran = true;
            loop.stop();
        });
        ASSERT_TRUE(loop.event_process().ok());
        EXPECT_TRUE(ran);
    }
}

event_loop *loop_to_stop = nullptr;

TEST(EventLoop, StopsFromASignalHandler)
{
    event_loop loop(no_log());
    loop_to_stop = &loop;
    const auto before = signal(SIGUSR1, [](int) { loop_to_stop->stop(); });
    loop.add_task([] { raise(SIGUSR1); });
    EXPECT_TRUE(loop.event_process().ok());
    signal(SIGUSR1, before);
}

// In its thread the loop has nothing to do and no timer, so nothing but stop()
// can end its wait.
TEST(EventLoop, Trap_R33_StopFromAnotherThreadEndsAnIdleLoop)
{
    for (int i = 0; i < 200; ++i) {
        loop_thread thread(no_log());
        ASSERT_TRUE(thread.start().ok());
        if (i % 2)
            in_loop(thread.loop(), [] {});
        thread.stop();
    }
}

// A timer orders this: between its start and its end a loop that polls would
// have woken up more than the once that the timer takes.
TEST(EventLoop, Trap_R33_AnIdleLoopDoesNotWakeUp)
{
    event_loop loop(no_log());
    socket_pair pair;
    ASSERT_TRUE(loop.add_io_event(pair.ours.get(), event_loop::READ, [] {}).ok());
    run_rounds(loop);
    EXPECT_EQ(wakeups_within(loop, milliseconds(300)), 1u);
    loop.del_io_event(pair.ours.get());
}

TEST(EventLoop, NowIsTheTimeAtWhichTheRoundBegan)
{
    event_loop loop(no_log());
    event_loop::clock::time_point first{};
    event_loop::clock::time_point second{};
    loop.add_task([&] {
        first = loop.now();
        const auto later = event_loop::clock::now() + milliseconds(2);
        while (event_loop::clock::now() < later) {}
        EXPECT_EQ(loop.now(), first);
        loop.add_task([&] {
            second = loop.now();
            loop.stop();
        });
    });
    ASSERT_TRUE(loop.event_process().ok());
    EXPECT_GE(second - first, milliseconds(2));
}

TEST(EventLoop, ATaskThatNeverRanIsDestroyedWithTheLoop)
{
    auto held = std::make_shared<int>(1);
    {
        event_loop loop(no_log());
        loop.add_task([held] { FAIL(); });
        EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
}

TEST(EventLoop, DestroyLaterWaitsForTheEndOfTheRound)
{
    event_loop loop(no_log());
    auto object = std::make_shared<int>(7);
    const std::weak_ptr<int> watched = object;
    bool alive_later_in_the_round = false;
    bool alive_in_the_next = true;
    loop.add_task([&] { loop.destroy_later(std::move(object)); });
    loop.add_task([&] {
        alive_later_in_the_round = !watched.expired();
        loop.add_task([&] {
            alive_in_the_next = !watched.expired();
            loop.stop();
        });
    });
    ASSERT_TRUE(loop.event_process().ok());
    EXPECT_TRUE(alive_later_in_the_round);
    EXPECT_FALSE(alive_in_the_next);
}

// Such as a client, which gives its connection to destroy_later when it goes.
class chained_garbage {
public:
    chained_garbage(event_loop *loop, int *destroyed, int left)
        : _loop(loop), _destroyed(destroyed), _left(left)
    {
    }
    ~chained_garbage()
    {
        ++*_destroyed;
        // Enough of them to move the list while it is destroyed.
        for (int i = 0; _left > 0 && i < 20; ++i)
            _loop->destroy_later(std::make_shared<int>(i));
        if (_left > 0)
            _loop->destroy_later(std::make_shared<chained_garbage>(_loop, _destroyed, _left - 1));
    }

private:
    event_loop *_loop;
    int *_destroyed;
    int _left;
};

TEST(EventLoop, WhatIsDestroyedMayDestroyMoreLater)
{
    int destroyed = 0;
    {
        event_loop loop(no_log());
        loop.add_task(
            [&] { loop.destroy_later(std::make_shared<chained_garbage>(&loop, &destroyed, 9)); });
        run_rounds(loop);
        EXPECT_EQ(destroyed, 10);
        loop.destroy_later(std::make_shared<chained_garbage>(&loop, &destroyed, 9));
    }
    EXPECT_EQ(destroyed, 20);
}

TEST(EventLoop, WhatATaskHoldsMayUseTheLoopWhileItIsDestroyed)
{
    int destroyed = 0;
    {
        event_loop loop(no_log());
        loop.add_task([held = std::make_shared<chained_garbage>(&loop, &destroyed, 1)] {});
    }
    EXPECT_EQ(destroyed, 2);
}

TEST(EventLoop, WithoutAnFdLeftItReportsAnErrorAndDoesNotRun)
{
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    event_loop loop(no_log());
    setrlimit(RLIMIT_NOFILE, &before);

    const status ended = loop.event_process();
    EXPECT_FALSE(ended.ok());
    EXPECT_NE(ended.message().find("epoll"), std::string::npos) << ended.message();
    socket_pair pair;
    EXPECT_FALSE(loop.add_io_event(pair.ours.get(), event_loop::READ, [] {}).ok());
    loop.stop();
    loop.add_task([] {});
}

}  // namespace
}  // namespace lars
