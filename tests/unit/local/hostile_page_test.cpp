// A page that its client writes at random, by the words that both sides share, while the
// agent takes it over: also under ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "choice_table.h"
#include "page_takings.h"
#include "table_keeper.h"
#include "wire_rules.h"

namespace lars {
namespace {

using namespace local;
using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

// Modules of owner 0. The hostile client counts for one of them, and claims one that another
// owner has; the other one is the well-behaved client's.
const module_id HIS{6, 0}, GOOD{3, 0}, ANOTHER_OWNERS{1, 0};

// Writes the page in a thread of its own until it is destroyed.
class hostile_client {
public:
    hostile_client(std::shared_ptr<client_page> page, uint32_t seed)
        : _page(std::move(page)), _random(seed), _thread([this] {
              while (!_over)
                  write_until_looked_at();
          })
    {
    }
    ~hostile_client()
    {
        _over = true;
        _thread.join();
    }
    // The agent has looked: what is written is not only overwritten.
    void note_look() { _looks.fetch_add(1, std::memory_order_relaxed); }

private:
    void write_until_looked_at()
    {
        const uint64_t looks = _looks.load(std::memory_order_relaxed);
        for (uint32_t times = 1 + draw(4); times > 0; --times)
            write_something();
        while (!_over && _looks.load(std::memory_order_relaxed) == looks)
            std::this_thread::yield();
    }
    uint32_t draw(uint64_t below) { return static_cast<uint32_t>(_random() % below); }
    uint32_t any() { return static_cast<uint32_t>(_random() >> draw(64)); }
    uint32_t bound(uint32_t most) { return draw(4) == 0 ? any() : draw(most + 2); }

    void write_something()
    {
        if (draw(4) == 0)
            write_noise();
        else
            write_block(draw(8));
        _page->header().owners[0].activity.fetch_add(1, std::memory_order_release);
    }
    // All but the first words, which are not atomic, and which the agent does not read again.
    // Bit 3 keeps it from making a module that is not his.
    void write_noise()
    {
        auto *words = reinterpret_cast<half_word *>(_page->memory.data());
        const size_t first = offsetof(page_header, blocks_used) / sizeof(half_word);
        const size_t words_used = page_size(8) / sizeof(half_word);
        for (int i = 0; i < 30; ++i)
            words[first + draw(words_used - first)].store(any() | 8, std::memory_order_relaxed);
    }
    void write_block(uint32_t number)
    {
        cell_block &block = _page->block(number);
        block.owner.store(draw(4), std::memory_order_relaxed);
        for (cell &one : block.cells) {
            const module_id module = draw(4) == 0 ? ANOTHER_OWNERS : HIS;
            one.module.store(pack(static_cast<uint32_t>(module.modid), 0));
            one.host.store(pack(draw(5), draw(9) == 0 ? any() : 80));
            // Every second cell can be true, but for noise.
            const bool lies = (&one - block.cells) % 2 == 0;
            for (half_word &counted : one.counted) {
                const uint32_t before = counted.load(std::memory_order_relaxed);
                const uint32_t values[] = {before + draw(9), before + draw(9), before - draw(9),
                                           any()};
                counted.store(values[draw(lies ? 4 : 2)], std::memory_order_relaxed);
            }
        }
        block.cells_used.store(bound(CELLS_PER_BLOCK), std::memory_order_release);
        _page->header().blocks_used.store(bound(MAX_BLOCKS), std::memory_order_release);
        _page->header().block_activity[number].fetch_add(1, std::memory_order_release);
    }

    std::shared_ptr<client_page> _page;
    std::mt19937_64 _random;
    std::atomic<bool> _over{false};
    std::atomic<uint64_t> _looks{0};
    std::thread _thread;
};

class HostilePage : public testing::Test {
protected:
    HostilePage() { EXPECT_TRUE(client_page::make(1, 1, 1, _page.get())); }
    void TearDown() override
    {
        if (HasFailure())
            std::printf("the seed was %u\n", _seed);
    }

    template <typename look>
    static void for_a_second(look once)
    {
        const auto until = steady::now() + std::chrono::seconds(1);
        while (steady::now() < until && !HasFailure())
            once();
    }

    const uint32_t _seed = std::random_device{}();
    lb_time _now = lb_time(std::chrono::hours(100));
    std::shared_ptr<client_page> _page = std::make_shared<client_page>();
};

// What can be true of one item, and how much of the credit of its look it takes.
uint64_t checked(const page_takings::item &item)
{
    const host_interval &counted = item.counted;
    EXPECT_EQ(agent_port_of(item.module.modid, item.module.cmdid), 0u);
    EXPECT_TRUE(can_be_called(item.host.ip, item.host.port));
    const uint64_t failures = counted.failures + counted.probe_failures;
    EXPECT_GE(counted.failure_weight, failures);
    EXPECT_LE(counted.failure_weight, 50 * failures);
    return counted.choices + counted.probes + counted.all_successes() + counted.all_failures();
}

TEST_F(HostilePage, EachLookTakesWhatCanBeTrueAndNoMore)
{
    page_takings takings(_page, 0, _now);
    takings.take(MAX_BLOCKS, _now, [](const page_takings::item &) {});
    hostile_client hostile(_page, _seed);
    constexpr size_t BLOCKS = 64;
    uint64_t items = 0;
    for_a_second([&] {
        _now += milliseconds(5);
        uint64_t credit = 100'000 * (1 + 5), cells = 0;
        takings.take(BLOCKS, _now, [&](const page_takings::item &item) {
            const uint64_t calls = checked(item);
            ASSERT_LE(calls, credit);
            credit -= calls;
            ++cells;
        });
        EXPECT_LE(cells, BLOCKS * CELLS_PER_BLOCK);
        items += cells;
        hostile.note_look();
    });
    EXPECT_GT(items, 0u);
    EXPECT_GT(takings.lies(), 0u);
}

TEST_F(HostilePage, NothingIsCreditedToOthers)
{
    const table_part::bounds limits{100, 1000};
    sealed_memory table;
    ASSERT_TRUE(make_table(limits, &table));
    route_lb modules{lb_config(), [](const module_id &) {}};
    table_keeper keeper(0, part_of(table, limits, 0), limits, &modules);
    modules.set_watcher(&keeper);
    for (const module_id &module : {HIS, GOOD, ANOTHER_OWNERS}) {
        modules.restore({module, {{{1, 80}, 100}, {{2, 80}, 100}, {{3, 80}, 100}}}, _now);
        ASSERT_TRUE(modules.show(module, _now));
    }
    const auto good = std::make_shared<client_page>();
    ASSERT_TRUE(client_page::make(2, 2, 2, good.get()));
    cell &counts = good->block(0).cells[0];
    counts.module = pack(static_cast<uint32_t>(GOOD.modid), 0);
    counts.host = pack(1, 80);
    good->block(0).cells_used = 1;
    good->header().blocks_used = 1;
    keeper.add_page(_page, _now);
    keeper.add_page(good, _now);

    uint64_t calls = 0;
    hostile_client hostile(_page, _seed);
    for_a_second([&] {
        ++counts.counted[CHOICES];
        ++counts.counted[SUCCESSES];
        ++good->header().block_activity[0];
        ++good->header().owners[0].activity;
        ++calls;
        _now += milliseconds(5);
        for (const module_change &change : keeper.look(_now).changes)
            EXPECT_EQ(change.module, HIS);
        hostile.note_look();
    });
    EXPECT_GT(keeper.taken().lies, 0u);
    bool reported = false;
    for (const call_summary &summary : modules.take_summaries(1, 1)) {
        EXPECT_NE(summary.module, ANOTHER_OWNERS);
        if (summary.module != GOOD)
            continue;
        reported = true;
        for (const host_calls &of : summary.hosts) {
            EXPECT_EQ(of.succ, of.address.ip == 1 ? calls : 0);
            EXPECT_EQ(of.err, 0u);
        }
    }
    EXPECT_TRUE(reported);
}

}  // namespace
}  // namespace lars
