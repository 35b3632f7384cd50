// When the agent looks at its clients' pages: while they count, and not at all while they do not.
#include <gtest/gtest.h>

#include "choice_table.h"
#include "event_loop.h"
#include "table_reader.h"
#include "table_service.h"

namespace lars {
namespace {

using namespace local;
using std::chrono::milliseconds;

class TableService : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(make_table(_limits, &_table));
        std::string why;
        ASSERT_TRUE(_reader.begin(_table.data(), _table.size(), why)) << why;
        _service.emplace(&_loop, 0, part_of(_table, _limits, 0), _limits, &_modules,
                         [](const std::vector<module_change> &) {});
        _modules.set_watcher(&_service->keeper());
        _modules.restore({{3, 0}, {{{1, 80}, 100}}}, _loop.now());
        ASSERT_TRUE(_modules.show({3, 0}, _loop.now()));
        ASSERT_TRUE(client_page::make(1, 1, 1, _page.get()));
        cell_block &block = _page->block(0);
        block.cells[0].module = pack(3, 0);
        block.cells[0].host = pack(1, 80);
        block.cells_used = 1;
        _page->header().blocks_used = 1;
        _service->add_page(_page);
    }
    void count()
    {
        ++_page->block(0).cells[0].counted[SUCCESSES];
        ++_page->header().block_activity[0];
        ++_page->header().owners[0].activity;
    }
    bool is_asleep() const { return _reader.part(0).asleep == 1; }
    uint64_t taken() const { return _service->keeper().taken().successes; }

    // Runs the loop until HAPPENED, at most ten seconds.
    template <typename condition>
    bool comes_to(condition happened)
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        bool has = false;
        const auto timer = _loop.run_every(milliseconds(1), [&] {
            has = happened();
            if (has || std::chrono::steady_clock::now() > deadline)
                _loop.stop();
        });
        EXPECT_TRUE(_loop.event_process().ok());
        _loop.cancel(timer);
        return has;
    }
    // How often the loop wakes up in that time, but for its end.
    uint64_t wakeups_within(milliseconds time)
    {
        uint64_t before = 0, after = 0;
        _loop.add_task([&] {
            before = _loop.wakeups();
            _loop.run_after(time, [&] {
                after = _loop.wakeups();
                _loop.stop();
            });
        });
        EXPECT_TRUE(_loop.event_process().ok());
        return after - before - 1;
    }

    const table_part::bounds _limits{100, 1000};
    event_loop _loop;
    sealed_memory _table;
    table_reader _reader;
    route_lb _modules{lb_config(), [](const module_id &) {}};
    std::optional<table_service> _service;
    std::shared_ptr<client_page> _page = std::make_shared<client_page>();
};

TEST_F(TableService, SleepsWithoutAWakeUpWhileNobodyCounts)
{
    EXPECT_TRUE(is_asleep());
    for (uint64_t time = 1; time <= 3; ++time) {
        count();
        _service->wake();
        ASSERT_TRUE(comes_to([&] { return taken() == time && !is_asleep(); }));
        ASSERT_TRUE(comes_to([&] { return is_asleep(); }));
        // The last look, after it has said that it sleeps.
        wakeups_within(milliseconds(20));
        EXPECT_EQ(wakeups_within(milliseconds(300)), 0u);
        EXPECT_TRUE(is_asleep());
    }
}

TEST_F(TableService, TakesWhatIsCountedWhileItFallsAsleep)
{
    _service->wake();
    ASSERT_TRUE(comes_to([&] { return !is_asleep(); }));
    ASSERT_TRUE(comes_to([&] {
        if (!is_asleep())
            return false;
        count();  // and does not wake it
        return true;
    }));
    EXPECT_TRUE(comes_to([&] { return taken() == 1; }));
}

}  // namespace
}  // namespace lars
