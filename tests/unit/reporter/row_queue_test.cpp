#include "row_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "rows.h"
#include "wait_until.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::row;

// "1:10 2:20": modid and successes of what is taken at once.
std::string take(row_queue &queue, size_t most = 1000)
{
    std::vector<waiting_row> rows;
    queue.take(most, &rows, milliseconds(0));
    std::string text;
    for (const summary_row &taken : rows)
        text += (text.empty() ? "" : " ") + std::to_string(taken.module.modid) + ":" +
                std::to_string(taken.succ);
    return text;
}

class RowQueue : public testing::Test {
protected:
    RowQueue() { budget.limit = 100; }

    row_budget budget;
    row_queue queue{&budget};
};

TEST_F(RowQueue, KeepsTheOrderOfArrival)
{
    for (int32_t modid : {3, 1, 2})
        queue.push(row(modid, modid * 10));
    EXPECT_EQ(queue.size(), 3u);
    EXPECT_EQ(budget.waiting, 3u);
    EXPECT_EQ(take(queue), "3:30 1:10 2:20");
    EXPECT_EQ(take(queue), "");
    EXPECT_EQ(budget.waiting, 0u);
}

TEST_F(RowQueue, ARowThatIsPutBackWaitsBehindTheOthersAndTakesTheirPlaceOnlyIfItIsNewer)
{
    const auto put_back = [this](const summary_row &taken) { queue.put_back(waiting_row(taken)); };
    queue.push(row(2, 20));
    put_back(row(1, 10));
    EXPECT_EQ(take(queue), "2:20 1:10");
    queue.push(row(1, 11));
    put_back(row(1, 10));
    EXPECT_EQ(take(queue), "1:11") << "of the same second";
    summary_row newer = row(1, 12);
    ++newer.ts;
    queue.push(row(1, 11));
    put_back(newer);
    EXPECT_EQ(take(queue), "1:12");

    budget.limit = 1;
    queue.push(row(2, 20));
    put_back(row(1, 10));
    EXPECT_EQ(budget.dropped, 1u);
    EXPECT_EQ(take(queue), "2:20");
}

TEST_F(RowQueue, ALaterRowOfTheSameKeyTakesThePlaceOfTheFirst)
{
    queue.push(row(1, 1));
    queue.push(row(2, 2));
    for (int32_t i = 0; i < 1000; ++i)
        queue.push(row(1, i));
    EXPECT_EQ(queue.size(), 2u);
    EXPECT_EQ(budget.waiting, 2u);
    EXPECT_EQ(take(queue), "1:999 2:2");
    queue.push(row(1, 5));
    EXPECT_EQ(take(queue), "1:5") << "the place of a row that was taken is forgotten";
}

TEST_F(RowQueue, AnOlderRowOfTheSameKeyDoesNotReplaceANewerOne)
{
    summary_row newer = row(1, 20);
    summary_row older = row(1, 10);
    --older.ts;
    queue.push(newer);
    queue.push(older);
    EXPECT_EQ(take(queue), "1:20");
    // Unless its time has not come yet.
    newer.ts = UINT32_MAX;
    queue.push(newer);
    queue.push(older);
    EXPECT_EQ(take(queue), "1:10");
}

TEST_F(RowQueue, TakesNoMoreThanAskedForAndTheOldestFirst)
{
    for (int32_t i = 1; i <= 5; ++i)
        queue.push(row(i, i));
    EXPECT_EQ(take(queue, 2), "1:1 2:2");
    EXPECT_EQ(take(queue, 2), "3:3 4:4");
    EXPECT_EQ(take(queue, 2), "5:5");
}

TEST_F(RowQueue, Trap_P4_BeyondTheBudgetTheOldestIsDroppedAndCounted)
{
    for (int32_t i = 1; i <= 100000; ++i) {
        queue.push(row(i, i));
        ASSERT_LE(queue.size(), 100u);
    }
    EXPECT_EQ(budget.dropped, 99900u);
    EXPECT_EQ(budget.waiting, 100u);
    EXPECT_EQ(take(queue, 2), "99901:99901 99902:99902");
}

TEST_F(RowQueue, AReplacementNeedsNoRoom)
{
    budget.limit = 2;
    queue.push(row(1, 1));
    queue.push(row(2, 2));
    queue.push(row(1, 9));
    EXPECT_EQ(budget.dropped, 0u);
    EXPECT_EQ(take(queue), "1:9 2:2");
}

TEST_F(RowQueue, TheBudgetIsSharedByAllQueues)
{
    budget.limit = 3;
    row_queue other(&budget);
    queue.push(row(1, 1));
    queue.push(row(2, 2));
    other.push(row(3, 3));
    other.push(row(4, 4));
    EXPECT_EQ(budget.dropped, 1u);
    EXPECT_EQ(budget.waiting, 3u);
    EXPECT_EQ(take(other), "4:4") << "each drops its own oldest";
    other.push(row(5, 5));
    queue.push(row(6, 6));
    EXPECT_EQ(take(queue), "2:2 6:6");
    EXPECT_EQ(take(other), "5:5");
    EXPECT_EQ(budget.waiting, 0u);
    EXPECT_EQ(budget.dropped, 2u);
}

TEST_F(RowQueue, WhereNoneWaitsTheNewRowIsDropped)
{
    budget.limit = 1;
    row_queue other(&budget);
    queue.push(row(1, 1));
    other.push(row(2, 2));
    EXPECT_EQ(other.size(), 0u);
    EXPECT_EQ(budget.dropped, 1u);
    EXPECT_EQ(take(queue), "1:1");
}

TEST_F(RowQueue, CloseEndsAWaitAndLeavesWhatWaits)
{
    std::thread closer([this] { queue.close(); });
    std::vector<waiting_row> rows;
    EXPECT_FALSE(queue.take(1, &rows, milliseconds(20000)));
    closer.join();
    EXPECT_TRUE(queue.closed());
    EXPECT_TRUE(queue.wait_closed(milliseconds(0)));
    queue.push(row(1, 1));
    EXPECT_TRUE(queue.take(1, &rows, milliseconds(20000)));
    EXPECT_FALSE(queue.take(1, &(rows = {}), milliseconds(20000))) << "closed: does not wait";
}

TEST_F(RowQueue, WaitsForARow)
{
    std::vector<waiting_row> rows;
    EXPECT_FALSE(queue.take(1, &rows, milliseconds(1)));
    EXPECT_FALSE(queue.wait_closed(milliseconds(1)));
    std::thread pusher([this] { queue.push(row(1, 1)); });
    EXPECT_TRUE(queue.take(1, &rows, milliseconds(20000)));
    pusher.join();
}

TEST_F(RowQueue, Trap_P2_ManyThreadsPushAndOneTakes)
{
    constexpr int32_t THREADS = 4;
    constexpr int32_t ROWS = 5000;
    budget.limit = 50;
    std::vector<std::thread> pushers;
    for (int32_t t = 0; t < THREADS; ++t) {
        pushers.emplace_back([this, t] {
            for (int32_t i = 1; i <= ROWS; ++i)
                queue.push(row(t * 100 + i % 40, i));
        });
    }
    std::map<int32_t, int32_t> latest;
    bool ordered = true;
    std::thread taker([&] {
        std::vector<waiting_row> rows;
        while (queue.take(7, &rows, milliseconds(20000))) {
            for (const summary_row &taken : rows) {
                ordered = ordered && latest[taken.module.modid] < taken.succ;
                latest[taken.module.modid] = taken.succ;
            }
            rows.clear();
        }
    });
    for (std::thread &pusher : pushers)
        pusher.join();
    queue.close();
    taker.join();
    EXPECT_TRUE(ordered) << "an old value came after a newer one of the same key";
    EXPECT_EQ(queue.size(), 0u);
    EXPECT_EQ(budget.waiting, 0u);
}

}  // namespace
}  // namespace lars
