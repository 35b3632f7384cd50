#include "event_loop.h"
#include "net_support.h"
#include "timer_queue.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;
using point = timer_queue::clock::time_point;

const point start = point(1000s);

TEST(TimerQueue, RunsInTheOrderOfTimeAndThenOfAdding)
{
    timer_queue timers;
    std::string order;
    timers.add(start + 3ms, 0ms, [&] { order += "c"; });
    timers.add(start + 1ms, 0ms, [&] { order += "a"; });
    timers.add(start + 2ms, 0ms, [&] { order += "b"; });
    timers.add(start + 2ms, 0ms, [&] { order += "B"; });
    timers.run_due(start);
    EXPECT_EQ(order, "");
    timers.run_due(start + 2ms);
    EXPECT_EQ(order, "abB");
    timers.run_due(start + 3ms);
    EXPECT_EQ(order, "abBc");
    timers.run_due(start + 10ms);
    EXPECT_EQ(order, "abBc");
}

TEST(TimerQueue, ARepeatedTimerKeepsItsBeat)
{
    timer_queue timers;
    int runs = 0;
    timers.add(start + 10ms, 10ms, [&] { ++runs; });
    for (auto now = start; now <= start + 100ms; now += 1ms)
        timers.run_due(now);
    EXPECT_EQ(runs, 10);
}

TEST(TimerQueue, ARepeatedTimerThatIsLateSkipsWhatItMissed)
{
    timer_queue timers;
    int runs = 0;
    timers.add(start + 10ms, 10ms, [&] { ++runs; });
    timers.run_due(start + 75ms);
    timers.run_due(start + 75ms);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(timers.next(), start + 85ms);
    timers.run_due(start + 85ms);
    EXPECT_EQ(runs, 2);
}

TEST(TimerQueue, CancelStopsATimerAndIgnoresAnUnknownId)
{
    timer_queue timers;
    int runs = 0;
    const auto once = timers.add(start, 0ms, [&] { ++runs; });
    const auto repeated = timers.add(start, 5ms, [&] { ++runs; });
    EXPECT_NE(once, 0u);
    timers.cancel(once);
    timers.cancel(once);
    timers.cancel(repeated);
    timers.cancel(0);
    timers.cancel(12345);
    timers.run_due(start + 1s);
    EXPECT_EQ(runs, 0);
    EXPECT_EQ(timers.next(), point::max());
}

TEST(TimerQueue, IdsAreNotReused)
{
    timer_queue timers;
    const auto old = timers.add(start, 0ms, [] {});
    timers.run_due(start);
    int runs = 0;
    timers.add(start, 0ms, [&] { ++runs; });
    timers.cancel(old);
    timers.run_due(start);
    EXPECT_EQ(runs, 1);
}

TEST(TimerQueue, ATimerMayCancelItselfAndOthers)
{
    timer_queue timers;
    std::string order;
    timer_queue::timer_id self = 0;
    timer_queue::timer_id next = 0;
    const std::string captured(1000, 'c');
    self = timers.add(start, 5ms, [&, captured] {
        timers.cancel(self);
        timers.cancel(next);
        order += captured == std::string(1000, 'c') ? "self " : "destroyed ";
    });
    next = timers.add(start, 0ms, [&] { order += "next "; });
    timers.run_due(start);
    timers.run_due(start + 1s);
    EXPECT_EQ(order, "self ");
}

// Cancels and adds timers when it goes.
struct busy_in_its_destructor {
    timer_queue *timers;
    std::vector<timer_queue::timer_id> others;

    ~busy_in_its_destructor()
    {
        for (const timer_queue::timer_id other : others)
            timers->cancel(other);
        for (int i = 0; i < 1000; ++i)
            timers->add(start + 1h, 0ms, [] {});
    }
};

TEST(TimerQueue, WhatATimerOwnsMayUseTheQueueWhenItGoes)
{
    for (const bool cancelled : {true, false}) {
        timer_queue timers;
        int runs = 0;
        auto owned = std::make_shared<busy_in_its_destructor>();
        owned->timers = &timers;
        const auto first = timers.add(start, 0ms, [owned, &runs] { ++runs; });
        for (int i = 0; i < 3; ++i)
            owned->others.push_back(timers.add(start, 0ms, [&runs] { runs += 100; }));
        timers.add(start, 0ms, [&runs] { runs += 10; });
        owned.reset();
        if (cancelled)
            timers.cancel(first);
        timers.run_due(start);
        EXPECT_EQ(runs, cancelled ? 10 : 11);
    }
}

TEST(TimerQueue, WhatThrowsLeavesTheOthersForTheNextCall)
{
    timer_queue timers;
    std::string order;
    timers.add(start, 0ms, [&] {
        order += "once ";
        throw 1;
    });
    timers.add(start, 5ms, [&] {
        order += "repeated ";
        throw 2;
    });
    timers.add(start, 0ms, [&] { order += "last "; });
    EXPECT_THROW(timers.run_due(start), int);
    EXPECT_EQ(order, "once ");
    EXPECT_THROW(timers.run_due(start), int);
    timers.run_due(start);
    EXPECT_EQ(order, "once repeated last ");
    EXPECT_THROW(timers.run_due(start + 5ms), int);
    EXPECT_EQ(order, "once repeated last repeated ");
}

TEST(TimerQueue, WhatACallbackAddsWaitsForTheNextCall)
{
    timer_queue timers;
    int added = 0;
    std::function<void()> add_one = [&] {
        ++added;
        timers.add(start, 0ms, add_one);
    };
    timers.add(start, 0ms, add_one);
    timers.run_due(start);
    EXPECT_EQ(added, 1);
    timers.run_due(start);
    EXPECT_EQ(added, 2);
}

// One whose callback adds another that is overdue must not keep the rest waiting.
TEST(TimerQueue, AnOverdueTimerAddedByACallbackDoesNotHoldBackOthers)
{
    timer_queue timers;
    int greedy = 0;
    int patient = 0;
    std::function<void()> add_overdue = [&] {
        ++greedy;
        timers.add(start - 1s, 0ms, add_overdue);
    };
    timers.add(start - 1s, 0ms, add_overdue);
    timers.add(start, 0ms, [&] { ++patient; });
    timers.run_due(start);
    EXPECT_EQ(greedy, 1);
    EXPECT_EQ(patient, 1);
}

TEST(TimerQueue, NextIsTheEarliest)
{
    timer_queue timers;
    EXPECT_EQ(timers.next(), point::max());
    timers.add(start + std::chrono::hours(1000), 0ms, [] {});
    EXPECT_EQ(timers.next(), start + std::chrono::hours(1000));
    timers.add(start + 1500us, 0ms, [] {});
    EXPECT_EQ(timers.next(), start + 1500us);
}

TEST(LoopTimer, RunsOnceNotBeforeItsTime)
{
    event_loop loop(no_log());
    const auto begin = event_loop::clock::now();
    int runs = 0;
    loop.run_after(20ms, [&] { ++runs; });
    loop.run_after(60ms, [&] { loop.stop(); });
    ASSERT_TRUE(loop.event_process().ok());
    EXPECT_EQ(runs, 1);
    EXPECT_GE(event_loop::clock::now() - begin, 60ms);
}

// One that is added to the present without a look would lie in the past.
TEST(LoopTimer, ALongTimeIsLong)
{
    event_loop loop(no_log());
    int early = 0;
    for (const milliseconds time : {milliseconds::max(), milliseconds::max() - 1ms,
                                    milliseconds(std::chrono::hours(24 * 365 * 300)),
                                    milliseconds(std::chrono::hours(24 * 365))}) {
        loop.run_after(time, [&] { ++early; });
        loop.run_every(time, [&] { ++early; });
    }
    EXPECT_EQ(wakeups_within(loop, 20ms), 1u);
    EXPECT_EQ(early, 0);
}

TEST(LoopTimer, ANegativeTimeIsOver)
{
    event_loop loop(no_log());
    std::string order;
    loop.run_after(0ms, [&] { order += "a"; });
    loop.run_after(milliseconds::min(), [&] { order += "b"; });
    loop.run_after(-1h, [&] { order += "c"; });
    run_rounds(loop, 2);
    EXPECT_EQ(order, "abc");
}

TEST(LoopTimer, AnIntervalOfNothingIsAMillisecond)
{
    event_loop loop(no_log());
    int runs = 0;
    const auto begin = event_loop::clock::now();
    for (const milliseconds interval : {0ms, -1ms, milliseconds::min()})
        loop.run_every(interval, [&] { ++runs; });
    EXPECT_TRUE(run_until(loop, [&] { return runs >= 30; }));
    EXPECT_GE(event_loop::clock::now() - begin, 10ms);
}

TEST(LoopTimer, RepeatsUntilItCancelsItself)
{
    event_loop loop(no_log());
    int runs = 0;
    event_loop::timer_id timer = 0;
    timer = loop.run_every(1ms, [&] {
        if (++runs == 5) {
            loop.cancel(timer);
            loop.run_after(20ms, [&] { loop.stop(); });
        }
    });
    ASSERT_TRUE(loop.event_process().ok());
    EXPECT_EQ(runs, 5);
}

TEST(LoopTimer, AddedFromATaskWakesTheLoopInTime)
{
    loop_thread thread(no_log());
    ASSERT_TRUE(thread.start().ok());
    std::promise<void> ran;
    thread.loop()->add_task(
        [&, loop = thread.loop()] { loop->run_after(5ms, [&] { ran.set_value(); }); });
    EXPECT_EQ(ran.get_future().wait_for(10s), std::future_status::ready);
}

TEST(LoopTimer, TimersTickWhileAnFdIsAlwaysReadable)
{
    event_loop loop(no_log());
    socket_pair pair;
    put(pair.theirs.get(), "never read");
    ASSERT_TRUE(loop.add_io_event(pair.ours.get(), event_loop::READ, [] {}).ok());
    int ticks = 0;
    loop.run_every(1ms, [&] { ++ticks; });
    EXPECT_TRUE(run_until(loop, [&] { return ticks >= 5; }));
    loop.del_io_event(pair.ours.get());
}

}  // namespace
}  // namespace lars
