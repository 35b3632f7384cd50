// Loops with threads of their own, and the queues between them.
#include "net_support.h"
#include "thread_pool.h"
#include "thread_queue.h"

namespace lars {
namespace {

using namespace test;

TEST(LoopThread, RunsWhatWasSetUpBeforeAndEndsOnce)
{
    std::promise<std::thread::id> ran;
    loop_thread thread(no_log());
    thread.loop()->run_after(milliseconds(1), [&] { ran.set_value(std::this_thread::get_id()); });
    ASSERT_TRUE(thread.start().ok());
    EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
    thread.stop();
    thread.stop();
    EXPECT_TRUE(thread.loop()->in_loop_thread());
    EXPECT_FALSE(thread.loop()->running_here());
}

TEST(ThreadPool, AllLoopsRunInThreadsOfTheirOwn)
{
    thread_pool pool;
    ASSERT_TRUE(pool.start(3, no_log()).ok());
    ASSERT_EQ(pool.size(), 3u);
    std::vector<std::thread::id> ids;
    for (size_t i = 0; i < 3; ++i)
        ids.push_back(in_loop(pool.loop(i), [] { return std::this_thread::get_id(); }));
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
    pool.stop();
    pool.stop();
    EXPECT_EQ(pool.size(), 3u);
}

TEST(ThreadPool, NoThreadsAreFine)
{
    thread_pool pool;
    EXPECT_TRUE(pool.start(0, no_log()).ok());
    EXPECT_EQ(pool.size(), 0u);
    pool.stop();
}

TEST(ThreadQueue, GivesWhatWaitsAsOneBatchWithOneWakeUp)
{
    event_loop loop(no_log());
    std::vector<std::vector<int>> batches;
    thread_queue<int> queue(&loop, [&](std::vector<int> &batch) { batches.push_back(batch); });
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(queue.send(i));
    ASSERT_TRUE(run_until(loop, [&] { return !batches.empty(); }));
    ASSERT_EQ(batches.size(), 1u);
    ASSERT_EQ(batches[0].size(), 100u);
    EXPECT_TRUE(std::is_sorted(batches[0].begin(), batches[0].end()));
    EXPECT_TRUE(queue.send(100));
    ASSERT_TRUE(run_until(loop, [&] { return batches.size() == 2; }));
    EXPECT_EQ(batches[1], std::vector<int>{100});
}

TEST(ThreadQueue, RefusesMoreThanItsLimitUntilTheyAreTaken)
{
    event_loop loop(no_log());
    size_t taken = 0;
    thread_queue<int> queue(
        &loop, [&](std::vector<int> &batch) { taken += batch.size(); }, 3);
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 3; ++i)
            EXPECT_TRUE(queue.send(i));
        EXPECT_FALSE(queue.send(3));
        EXPECT_FALSE(queue.send(4));
        ASSERT_TRUE(run_until(loop, [&] { return taken == static_cast<size_t>(3 * round); }));
    }
}

TEST(ThreadQueue, ItemsOfManyThreadsAllArriveInTheOrderOfEach)
{
    event_loop loop(no_log());
    constexpr int threads = 4;
    constexpr int count = 2000;
    std::vector<int> seen[threads];
    size_t total = 0;
    thread_queue<std::pair<int, int>> queue(&loop, [&](std::vector<std::pair<int, int>> &batch) {
        for (const auto &[thread, i] : batch)
            seen[thread].push_back(i);
        total += batch.size();
    });
    std::vector<std::thread> senders;
    for (int t = 0; t < threads; ++t) {
        senders.emplace_back([&, t] {
            for (int i = 0; i < count; ++i)
                EXPECT_TRUE(queue.send({t, i}));
        });
    }
    EXPECT_TRUE(run_until(loop, [&] { return total == threads * count; }));
    for (std::thread &sender : senders)
        sender.join();
    for (const std::vector<int> &order : seen)
        EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(ThreadQueue, TheConsumerMaySendAndMayDestroyTheQueue)
{
    event_loop loop(no_log());
    std::unique_ptr<thread_queue<int>> queue;
    std::vector<int> seen;
    const std::string captured(100, 'c');
    queue = std::make_unique<thread_queue<int>>(&loop, [&, captured](std::vector<int> &batch) {
        seen.push_back(batch[0]);
        if (batch[0] < 5) {
            queue->send(batch[0] + 1);
        } else {
            queue->send(99);
            queue.reset();
        }
        EXPECT_EQ(captured, std::string(100, 'c'));
    });
    queue->send(1);
    ASSERT_TRUE(run_until(loop, [&] { return queue == nullptr; }));
    run_rounds(loop);
    EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4, 5}));
}

TEST(ThreadQueue, WhatWaitsWhenItIsDestroyedIsNotConsumed)
{
    event_loop loop(no_log());
    auto item = std::make_shared<int>(1);
    {
        thread_queue<std::shared_ptr<int>> queue(
            &loop, [](std::vector<std::shared_ptr<int>> &) { FAIL(); });
        queue.send(item);
    }
    run_rounds(loop);
    EXPECT_EQ(item.use_count(), 1);
}

}  // namespace
}  // namespace lars
