// What the agent takes over of a client's page, and what it makes of one that lies.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "page_takings.h"
#include "wire_rules.h"

namespace lars {
namespace {

using namespace local;

const lb_time START = lb_time(std::chrono::hours(1000));
constexpr size_t ALL_BLOCKS = MAX_BLOCKS;

class PageTakings : public testing::Test {
protected:
    void SetUp() override
    {
        auto made = std::make_shared<client_page>();
        ASSERT_TRUE(client_page::make(7, 1, 1, made.get()));
        _page = made;
        _takings = std::make_unique<page_takings>(_page, 0, START);
    }

    // As a client does: a cell for the host, in the block.
    cell &add_cell(size_t block, int32_t modid, int32_t cmdid, const endpoint &host)
    {
        cell_block &in = _page->block(block);
        in.owner = static_cast<uint32_t>(agent_port_of(modid, cmdid));
        if (_page->header().blocks_used <= block)
            _page->header().blocks_used = static_cast<uint32_t>(block + 1);
        cell &made = in.cells[in.cells_used];
        made.module = pack(static_cast<uint32_t>(modid), static_cast<uint32_t>(cmdid));
        made.host = pack(host.ip, host.port);
        ++in.cells_used;
        return made;
    }
    void count(size_t block, cell &in, counter what, uint32_t number = 1)
    {
        in.counted[what] += number;
        touch(block);
    }
    void touch(size_t block)
    {
        ++_page->header().block_activity[block];
        ++_page->header().owners[_page->block(block).owner % OWNERS].activity;
    }
    std::vector<page_takings::item> take(size_t blocks = ALL_BLOCKS)
    {
        std::vector<page_takings::item> found;
        _now += std::chrono::milliseconds(5);
        _takings->take(blocks, _now,
                       [&](const page_takings::item &item) { found.push_back(item); });
        return found;
    }

    std::shared_ptr<client_page> _page;
    std::unique_ptr<page_takings> _takings;
    lb_time _now = START;
    const endpoint HOST{0x0a000001, 80};
};

TEST_F(PageTakings, NothingIsNewAtFirst)
{
    EXPECT_FALSE(_takings->has_news());
    EXPECT_TRUE(take().empty());
}

TEST_F(PageTakings, TakesEachCountOnce)
{
    cell &of_host = add_cell(0, 3, 0, HOST);
    count(0, of_host, CHOICES, 5);
    count(0, of_host, SUCCESSES, 3);
    count(0, of_host, FAILURES, 2);
    count(0, of_host, FAILURE_WEIGHT, 9);
    of_host.counted[RUN] = static_cast<uint32_t>(-2);
    of_host.counted[PROBE_NUMBER] = 4711;
    ASSERT_TRUE(_takings->has_news());
    const auto first = take();
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].module, (module_id{3, 0}));
    EXPECT_EQ(first[0].host, HOST);
    EXPECT_EQ(first[0].counted.choices, 5u);
    EXPECT_EQ(first[0].counted.successes, 3u);
    EXPECT_EQ(first[0].counted.failures, 2u);
    EXPECT_EQ(first[0].counted.failure_weight, 9u);
    EXPECT_EQ(first[0].counted.run, -2);
    EXPECT_EQ(first[0].probe, 4711u);
    EXPECT_FALSE(_takings->has_news());
    EXPECT_TRUE(take().empty());
    count(0, of_host, LATE_FAILURES);
    const auto second = take();
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].counted.late_failures, 1u);
    EXPECT_EQ(second[0].counted.choices, 0u);
}

TEST_F(PageTakings, TellsTheClientHowFarItHasCome)
{
    cell &of_host = add_cell(0, 3, 0, HOST);
    count(0, of_host, CHOICES, 5);
    take();
    EXPECT_EQ(of_host.taken[CHOICES], 5u);
    count(0, of_host, CHOICES, 2);
    EXPECT_EQ(of_host.taken[CHOICES], 5u);
}

TEST_F(PageTakings, CountersMayWrap)
{
    cell &of_host = add_cell(0, 3, 0, HOST);
    count(0, of_host, CHOICES, 0xfffffff0);
    _now += std::chrono::hours(24);
    take();
    count(0, of_host, CHOICES, 0x20);
    const auto found = take();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].counted.choices, 0x20u);
}

TEST_F(PageTakings, LeavesTheBlocksOfOtherOwners)
{
    count(0, add_cell(0, 3, 0, HOST), CHOICES);
    count(1, add_cell(1, 3, 1, HOST), CHOICES);
    const auto found = take();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].module, (module_id{3, 0}));
}

TEST_F(PageTakings, WhatIsLeftComesNextTimeAndNothingTwice)
{
    for (size_t block = 0; block < 5; ++block)
        count(block, add_cell(block, 3, static_cast<int32_t>(3 * block), HOST), CHOICES);
    std::map<module_id, uint64_t> choices;
    for (int turn = 0; turn < 3; ++turn) {
        ASSERT_TRUE(_takings->has_news());
        const auto found = take(2);
        EXPECT_EQ(found.size(), turn < 2 ? 2u : 1u);
        for (const page_takings::item &item : found)
            choices[item.module] += item.counted.choices;
    }
    EXPECT_FALSE(_takings->has_news());
    EXPECT_EQ(choices.size(), 5u);
    for (const auto &[module, number] : choices)
        EXPECT_EQ(number, 1u);
}

TEST_F(PageTakings, ModuleOfAnotherOwnerIsALie)
{
    cell &of_host = add_cell(0, 3, 1, HOST);
    _page->block(0).owner = 0;
    count(0, of_host, CHOICES);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(_takings->lies(), 1u);
}

TEST_F(PageTakings, HostThatCannotBeCalledIsALie)
{
    count(0, add_cell(0, 3, 0, {0, 80}), CHOICES);
    cell &with_large_port = add_cell(0, 3, 0, HOST);
    with_large_port.host = pack(HOST.ip, 70000);
    count(0, with_large_port, CHOICES);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(_takings->lies(), 2u);
}

TEST_F(PageTakings, MoreThanAnybodyCanCountIsALie)
{
    cell &of_host = add_cell(0, 3, 0, HOST);
    take();
    count(0, of_host, FAILURES, 1'000'000'000);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(_takings->lies(), 1u);
    // What is true afterwards counts.
    count(0, of_host, FAILURES, 10);
    const auto found = take();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].counted.failures, 10u);
}

TEST_F(PageTakings, CounterThatGoesBackIsALie)
{
    cell &of_host = add_cell(0, 3, 0, HOST);
    count(0, of_host, SUCCESSES, 100);
    take();
    of_host.counted[SUCCESSES] = 50;
    touch(0);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(_takings->lies(), 1u);
}

TEST_F(PageTakings, WeightIsWhatItCanBe)
{
    cell &of_host = add_cell(0, 3, 0, HOST);
    count(0, of_host, FAILURES, 2);
    count(0, of_host, FAILURE_WEIGHT, 4'000'000);
    const auto found = take();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].counted.failure_weight, 100u);
}

// Whatever stands in the page, what is taken is within bounds, and nothing is touched that is
// not there.
TEST_F(PageTakings, SurvivesAnything)
{
    std::mt19937_64 random(1);
    auto *words = reinterpret_cast<uint32_t *>(_page->memory.data());
    const size_t count = _page->memory.size() / sizeof *words;
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 2000; ++i)
            words[random() % (round % 2 ? count : MEMORY_PAGE / sizeof *words)] =
                static_cast<uint32_t>(random() >> (random() % 64));
        for (const page_takings::item &item : take(1 + random() % MAX_BLOCKS)) {
            ASSERT_EQ(agent_port_of(item.module.modid, item.module.cmdid), 0u);
            ASSERT_TRUE(can_be_called(item.host.ip, item.host.port));
            const host_interval &counted = item.counted;
            ASSERT_LE(counted.choices + counted.all_successes() + counted.all_failures(),
                      uint64_t{100'000} * 3600 * 1001);
            ASSERT_LE(counted.failure_weight, 50 * (counted.failures + counted.probe_failures));
        }
    }
    EXPECT_GT(_takings->lies(), 0u);
}

}  // namespace
}  // namespace lars
