// What a route_reader makes of a comparison that somebody else has made.
#include "reader_fixture.h"
#include "route_doubt.h"

namespace lars {
namespace {

using std::chrono::seconds;

class ReadDifferences : public test::ReaderTest {
protected:
    ReadDifferences() { read(true); }

    // As read(), after a comparison that has found these modules to differ.
    std::string read_those(const std::vector<module_id> &modules)
    {
        table_differences compared;
        compared.modules = modules;
        compared.rows.good = 77;
        const status s = reader.read_differences(*served, compared, &last);
        if (!s)
            return "error: " + s.message();
        EXPECT_TRUE(last.complete);
        served = last.table;
        return text(*served);
    }
    void add_without_a_word(int n, const std::string &module) { add(n, module, false, false); }
    bool everything_was_read() const { return last.rows != 77; }
};

TEST_F(ReadDifferences, OnlyThoseModulesAreReadAndTheTableIsComplete)
{
    const std::string before = text(*served);
    add_without_a_word(1, "5, 5");
    add_without_a_word(1, "6, 6");
    EXPECT_EQ(read_those({{5, 5}}), before + " 5,5=10.0.0.1:80");
    EXPECT_FALSE(everything_was_read());
    EXPECT_FALSE(last.rows_came);
    db.exec("DELETE FROM RouteData WHERE modid = 5");
    EXPECT_EQ(read_those({{5, 5}}), before);
}

TEST_F(ReadDifferences, AModuleThatIsAsItIsServedByNowIsNoDifference)
{
    const auto before = served;
    EXPECT_EQ(read_those({{1, 1}, {5, 5}}), text(*before));
    EXPECT_TRUE(route_table::difference(*before, *served).empty());
}

TEST_F(ReadDifferences, WhatIsAnnouncedMeanwhileIsReadFromTheSameMoment)
{
    add_without_a_word(1, "5, 5");
    add(1, "1, 1");
    read_those({{5, 5}});
    EXPECT_EQ(hosts(5, 5), "1");
    EXPECT_EQ(hosts(1, 1), "2");
    EXPECT_FALSE(everything_was_read());
    EXPECT_TRUE(last.rows_came);
    EXPECT_EQ(last.named, std::vector<module_id>({{1, 1}}));
    EXPECT_EQ(read(), "-") << "and is not found once more";
}

TEST_F(ReadDifferences, WhereThatIsNotEnoughEverythingIsRead)
{
    add_without_a_word(1, "6, 6");
    db.exec("UPDATE RouteVersion SET version = version + 1");
    read_those({});
    EXPECT_TRUE(everything_was_read()) << "the version has moved alone";
    EXPECT_EQ(hosts(6, 6), "1");

    add_without_a_word(2, "6, 6");
    std::vector<module_id> many;
    for (int i = 0; i < 1001; ++i)
        many.push_back({7, i});
    read_those(many);
    EXPECT_TRUE(everything_was_read());
    EXPECT_EQ(hosts(6, 6), "2");
}

TEST_F(ReadDifferences, WhereTheIdsOfRouteChangeHaveBegunAnewEverythingIsRead)
{
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, 1 FROM seq_1_to_1000");
    read(true);
    db.exec("TRUNCATE TABLE RouteChange");
    add(1, "6, 6", true, false);
    read_those({});
    EXPECT_TRUE(everything_was_read());
    EXPECT_EQ(hosts(6, 6), "1");
}

// Rows that were counted before are no proof that the database is not being loaded now.
TEST_F(ReadDifferences, Trap_D13_EmptinessWithoutAVersionIsThatOfThisMoment)
{
    db.exec("DELETE FROM RouteVersion");
    read(true);
    route_doubt doubt{seconds(3600)};
    const auto before = served = doubt.judge(nullptr, last, {});
    db.exec("DELETE FROM RouteData");
    read_those({{1, 1}});
    EXPECT_EQ(last.rows, 0u);
    EXPECT_EQ(text(*doubt.judge(before, last, {})), text(*before));
    EXPECT_TRUE(doubt.doubting());
}

TEST_F(ReadDifferences, Trap_D10_AFailedReadForgetsNothing)
{
    add(1, "1, 1");
    db.exec("RENAME TABLE RouteData TO away");
    EXPECT_NE(read_those({{5, 5}}).find("error: "), std::string::npos);
    db.exec("RENAME TABLE away TO RouteData");
    EXPECT_NE(read(), "-") << "the same change is found again";
    EXPECT_EQ(hosts(1, 1), "2");
}

}  // namespace
}  // namespace lars
