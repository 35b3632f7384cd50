// The file of the routes last known, and its journal.
#include "route_snapshot.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>

#include "messages.h"
#include "route_file.h"
#include "temp_dir.h"
#include "wait_until.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using table_ptr = std::shared_ptr<const route_table>;

class RouteSnapshot : public testing::Test {
protected:
    // As after a restart. Files of more than SMALL bytes get a journal.
    route_snapshot &start(size_t small = 0)
    {
        snapshot.reset();
        snapshot = std::make_unique<route_snapshot>(
            path,
            [this](log_level, const std::string &line) {
                const std::lock_guard<std::mutex> lock(mutex);
                lines.push_back(line);
            },
            small);
        table = snapshot->load();
        return *snapshot;
    }
    // Modules (0,1) to (COUNT-1,1).
    static table_ptr make_table(int count, uint64_t version = 1)
    {
        std::vector<module_route> routes;
        for (int i = 0; i < count; ++i)
            routes.push_back({{i, 1}, {{{1, 80}}, {{2, 80}, 7}}});
        return std::make_shared<const route_table>(routes, version);
    }
    static table_ptr with(const table_ptr &old, int modid, uint32_t ip, uint64_t version)
    {
        std::vector<route_host> hosts;
        if (ip != 0)
            hosts.push_back({{ip, 80}});
        return std::make_shared<const route_table>(
            old->with({{{modid, 1}, hosts}}).with_version(version));
    }
    // Saves, and waits until it is done.
    void save(const table_ptr &what, size_t small = 0)
    {
        snapshot->save(what, what->version(), now);
        start(small);
        ASSERT_NE(table, nullptr);
        EXPECT_EQ(table->version(), what->version());
        EXPECT_TRUE(route_table::difference(*table, *what).empty());
    }
    size_t journal_size() const
    {
        std::error_code none;
        const auto size = std::filesystem::file_size(path + "-journal", none);
        return none ? 0 : static_cast<size_t>(size);
    }

    test::temp_dir folder;
    std::string path = folder.file("routes");
    std::mutex mutex;
    std::vector<std::string> lines;
    std::unique_ptr<route_snapshot> snapshot;
    table_ptr table;  // that was loaded last
    route_snapshot::time_point now{seconds(1000)};
};

TEST_F(RouteSnapshot, WithoutAFileThereIsNothingToLoadAndNothingToSay)
{
    start();
    EXPECT_EQ(table, nullptr);
    path = "";
    start();
    EXPECT_EQ(table, nullptr);
    snapshot->changed(now);
    EXPECT_FALSE(snapshot->save_due());
    EXPECT_TRUE(lines.empty());
}

TEST_F(RouteSnapshot, AChangeGoesToTheJournal)
{
    start();
    save(make_table(100));
    EXPECT_EQ(journal_size(), 0u);
    const std::string file = test::read_text(path);
    save(with(table, 5, 9, 2));
    EXPECT_GT(journal_size(), 0u);
    EXPECT_LT(journal_size(), 200u);
    save(with(table, 6, 0, 3));
    save(with(table, 500, 9, 4));
    save(with(table, 5, 8, 5));
    EXPECT_EQ(test::read_text(path), file);
    EXPECT_TRUE(lines.empty());
}

TEST_F(RouteSnapshot, ASmallFileIsWrittenAnew)
{
    start(1u << 20);
    save(make_table(100), 1u << 20);
    save(with(table, 5, 9, 2), 1u << 20);
    EXPECT_EQ(journal_size(), 0u);
    route_file found;
    ASSERT_TRUE(load_route_file(path, &found));
    EXPECT_EQ(found.rows.size(), 199u);
    EXPECT_EQ(found.version, 2u);
}

TEST_F(RouteSnapshot, ALongJournalBecomesAFile)
{
    start();
    save(make_table(100));
    const std::string file = test::read_text(path);
    size_t longest = 0;
    for (uint32_t i = 1; test::read_text(path) == file; ++i) {
        ASSERT_LT(i, 100u);
        save(with(table, 5, i, i + 1));
        longest = std::max(longest, journal_size());
    }
    EXPECT_EQ(journal_size(), 0u);
    EXPECT_GT(longest, file.size() / 2);
    EXPECT_EQ(test::read_text(path + "~"), file) << "the generation before";
}

TEST_F(RouteSnapshot, WhereMuchHasChangedTheFileIsWrittenAnew)
{
    start();
    save(make_table(100));
    save(make_table(60, 2));
    EXPECT_EQ(journal_size(), 0u);
}

TEST_F(RouteSnapshot, ADamagedJournalCountsUpToItsLastGoodChange)
{
    start();
    save(make_table(100));
    save(with(table, 5, 9, 2));
    const table_ptr good = table;
    save(with(table, 6, 9, 3));
    test::write_text(path + "-journal", test::read_text(path + "-journal") + "change 4 1 00");
    start();
    EXPECT_EQ(table->version(), 3u);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find(path + "-journal:"), std::string::npos) << lines[0];
    EXPECT_NE(lines[0].find("cut off"), std::string::npos) << lines[0];
    start();
    EXPECT_EQ(lines.size(), 1u) << "it is in order again";
    save(with(table, 7, 9, 5));
}

TEST_F(RouteSnapshot, TheGenerationBeforeIsTakenWhereTheFileIsDamaged)
{
    start();
    save(make_table(100));
    save(make_table(60, 2));
    save(with(table, 5, 9, 3));
    const size_t journal = journal_size();
    EXPECT_GT(journal, 0u);
    test::write_text(path, "lars-routes 1 1 00");
    start();
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(table->size(), 100u) << "the journal belongs to the other file";
    EXPECT_EQ(lines.size(), 2u);
    save(with(table, 1, 9, 4));
    EXPECT_EQ(journal_size(), 0u);
}

TEST_F(RouteSnapshot, AFileThatSomebodyTookAwayIsWrittenAnew)
{
    start();
    save(make_table(100));
    ASSERT_EQ(remove(path.c_str()), 0);
    const table_ptr next = with(table, 5, 9, 2);
    save(next);
    test::write_text(path, "somebody else's");
    snapshot->save(with(next, 6, 9, 3), 3, now);
    start();
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(table->version(), 3u);
}

TEST_F(RouteSnapshot, RowsInAnyOrderAreLoaded)
{
    route_file file{{{{2, 1}, {{1, 80}}},
                     {{1, 1}, {{2, 80}}},
                     {{2, 1}, {{0, 80}}},
                     {{1, 1}, {{2, 80}, 7}},
                     {{3, 1}, {{1, 80}, 0}},
                     {{1, 1}, {{1, 80}}}},
                    9};
    ASSERT_TRUE(save_route_file(path, file));
    start();
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(
        table->rows(),
        (std::vector<route_row>{{{1, 1}, {{1, 80}}}, {{1, 1}, {{2, 80}, 7}}, {{2, 1}, {{1, 80}}}}));
    EXPECT_EQ(table->version(), 9u);
}

TEST_F(RouteSnapshot, ItIsDueAtOnceAndThenOnceASecond)
{
    start();
    EXPECT_FALSE(snapshot->save_due());
    snapshot->changed(now);
    EXPECT_EQ(snapshot->save_due(), now);
    snapshot->save(make_table(1), 1, now);
    EXPECT_FALSE(snapshot->save_due());
    snapshot->changed(now + milliseconds(10));
    EXPECT_EQ(snapshot->save_due(), now + seconds(1));
}

}  // namespace
}  // namespace lars
