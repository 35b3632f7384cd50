// How routes and their changes are found in a real database.
#include "reader_fixture.h"
#include "route_data.h"

namespace lars {
namespace {

const std::string SAMPLE = "1,1=192.168.1.177:7777 1,2=192.168.1.178:7776 "
                           "1,2=192.168.1.179:7778 1,2=192.168.1.180:7779";

class RouteReader : public test::ReaderTest {};

TEST_F(RouteReader, TheFirstReadFindsEverything)
{
    EXPECT_EQ(read(true), SAMPLE);
    EXPECT_EQ(last.bad_rows, 0u);
    EXPECT_EQ(read(), "-");
    EXPECT_EQ(read(true), SAMPLE) << "full means full";
}

TEST_F(RouteReader, AChangeIsFoundOnceAndOnlyItsModuleIsRead)
{
    read(true);
    add(1, "1, 1");
    // Not hinted at, so it is left for the next full comparison.
    add(2, "1, 2", false, false);
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, 1), "2");
    EXPECT_EQ(hosts(1, 2), "3");
    EXPECT_EQ(read(), "-");
    read(true);
    EXPECT_EQ(hosts(1, 2), "4");
}

TEST_F(RouteReader, Trap_D7_TwoChangesInOneSecondAreBothFound)
{
    read(true);
    add(1, "1, 1", true, true);
    read();
    add(2, "1, 1", true, false);
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, 1), "3");
    EXPECT_EQ(read(), "-");
}

TEST_F(RouteReader, Trap_D14_ADeletedAndAMovedHostAreFound)
{
    read(true);
    db.exec("UPDATE RouteData SET cmdid = 9 WHERE cmdid = 1;"
            "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1), (1, 9, 1);"
            "DELETE FROM RouteData WHERE serverport = 7776;"
            "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 2, 1)");
    EXPECT_EQ(read(), "1,2=192.168.1.179:7778 1,2=192.168.1.180:7779 1,9=192.168.1.177:7777");
}

TEST_F(RouteReader, Trap_D8_TheVersionAloneLeadsToAFullRead)
{
    read(true);
    add(1, "1, 1", false, true);
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, 1), "2");
    EXPECT_EQ(read(), "-");
}

TEST_F(RouteReader, Trap_D8_AChangeThatCommitsAfterTheVersionIsFound)
{
    read(true);
    db.exec("UPDATE RouteVersion SET version = version + 1");
    read();
    add(1, "1, 1", true, false);
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, 1), "2");
}

TEST_F(RouteReader, ATransactionThatCommitsLateWithALowerIdIsFound)
{
    read(true);
    db_client slow(db.options());
    ASSERT_TRUE(slow.connect());
    ASSERT_TRUE(slow.execute("START TRANSACTION"));
    ASSERT_TRUE(slow.execute("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
                             " VALUES (5, 5, 167772165, 80)"));
    ASSERT_TRUE(slow.execute("INSERT INTO RouteChange (modid, cmdid, version) VALUES (5, 5, 1)"));
    for (int i = 0; i < 200; ++i)
        db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    add(1, "1, 1", true, false);
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(5, 5), "none");
    ASSERT_TRUE(slow.execute("COMMIT"));
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(5, 5), "1");
    EXPECT_EQ(read(), "-");
}

TEST_F(RouteReader, Trap_D5_IdsAreTheSame32BitsAsOnTheWire)
{
    read(true);
    add(1, "1, 4294967295");
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, -1), "1");
    EXPECT_EQ(hosts(1, 1), "1");
    add(2, "4294967295, 2147483648");
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(-1, INT32_MIN), "1");
}

TEST_F(RouteReader, ARowThatAppearsTwiceCountsOnce)
{
    read(true);
    add(1, "1, 1");
    add(1, "1, 1");
    read();
    EXPECT_EQ(hosts(1, 1), "2");
}

TEST_F(RouteReader, MoreChangesThanAreWorthReadingSinglyAreAllFound)
{
    read(true);
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
            " SELECT 7, seq, 167772161, 80 FROM seq_1_to_1500;"
            "INSERT INTO RouteChange (modid, cmdid, version) SELECT 7, seq, 1 FROM seq_1_to_1500");
    EXPECT_NE(read(), "-");
    EXPECT_EQ(served->size(), 1502u);
    EXPECT_EQ(read(), "-");
}

TEST_F(RouteReader, Trap_D9_EachReaderFindsEveryChange)
{
    read(true);
    route_reader second(db.options());
    ASSERT_TRUE(second.connect());
    route_reader::result found;
    ASSERT_TRUE(second.read(route_table(), true, &found));
    const auto its_table = found.table;
    add(1, "1, 1");
    uint64_t deleted = 0;
    EXPECT_NE(read(), "-");
    ASSERT_TRUE(reader.prune(std::chrono::seconds(86400), 1000, &deleted));
    EXPECT_EQ(deleted, 0u);
    ASSERT_TRUE(second.read(*its_table, false, &found));
    ASSERT_NE(found.table, nullptr);
    EXPECT_EQ(text(*found.table), text(*served));
}

TEST_F(RouteReader, BadRowsAreLeftOutCountedAndNamed)
{
    db.exec("INSERT INTO RouteData (id, modid, cmdid, serverip, serverport) VALUES"
            " (901, 1, 1, 0, 80), (902, 1, 1, 167772161, 0), (903, 1, 1, 167772161, 65536)");
    EXPECT_EQ(read(true), SAMPLE);
    EXPECT_EQ(last.bad_rows, 3u);
    EXPECT_EQ(last.bad_row.find("RouteData id 90"), 0u) << last.bad_row;
}

TEST_F(RouteReader, OlderTablesWithNullsAreReadAsFarAsTheyGo)
{
    db.exec("ALTER TABLE RouteData MODIFY serverip INT UNSIGNED NULL;"
            "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, NULL, 80)");
    EXPECT_EQ(read(true), SAMPLE);
    EXPECT_EQ(last.bad_rows, 1u);
}

TEST_F(RouteReader, AChangeThatDoesNotSayWhatChangedMayBeAny)
{
    read(true);
    db.exec("ALTER TABLE RouteChange MODIFY modid INT UNSIGNED NULL");
    add(1, "1, 2", false, false);
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (NULL, 1, 1)");
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, 2), "4");
    EXPECT_EQ(read(), "-");
}

TEST_F(RouteReader, AChangeOfAWeightIsFoundAndDrainedHostsAreLeftOut)
{
    read(true);
    db.exec("UPDATE RouteData SET weight = 7 WHERE serverport = 7776;"
            "UPDATE RouteData SET weight = 0 WHERE serverport IN (7777, 7779);"
            "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1), (1, 2, 1)");
    EXPECT_EQ(read(), "1,2=192.168.1.178:7776@7 1,2=192.168.1.179:7778");
    EXPECT_EQ(last.bad_rows, 0u);
    EXPECT_EQ(hosts(1, 1), "none") << "all of its hosts are drained";
    EXPECT_EQ(read(true), "1,2=192.168.1.178:7776@7 1,2=192.168.1.179:7778");
    db.exec("UPDATE RouteData SET weight = 100;"
            "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1), (1, 2, 1)");
    EXPECT_EQ(read(), SAMPLE);
}

TEST_F(RouteReader, OfARowThatAppearsTwiceTheLowestWeightCounts)
{
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport, weight)"
            " SELECT modid, cmdid, serverip, serverport, IF(serverport = 7776, 0, 200)"
            " FROM RouteData WHERE cmdid = 2");
    EXPECT_EQ(read(true), "1,1=192.168.1.177:7777 1,2=192.168.1.179:7778 1,2=192.168.1.180:7779");
}

TEST_F(RouteReader, AllRoutesDrainedIsAnEmptinessThatIsMeant)
{
    read(true);
    db.exec("UPDATE RouteData SET weight = 0; DELETE FROM RouteVersion");
    EXPECT_EQ(read(true), "");
    EXPECT_GT(last.rows, 0u) << "which tells it from a database that is being loaded";
}

TEST_F(RouteReader, WithoutTheColumnEveryWeightIs100AndAnUpgradeIsNoticedAtOnce)
{
    db.exec("ALTER TABLE RouteData DROP COLUMN weight");
    EXPECT_EQ(read(true), SAMPLE);
    add(1, "1, 1");
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, 1), "2");
    db.load(test::source_path("base/sql/upgrade.sql"));
    EXPECT_EQ(read(), "-") << "nothing changed by that";
    db.exec("UPDATE RouteData SET weight = 7 WHERE serverport = 7777;"
            "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    EXPECT_NE(read().find("1,1=192.168.1.177:7777@7"), std::string::npos);
    EXPECT_EQ(hosts(1, 1), "2");
}

TEST_F(RouteReader, ARowWithAWeightThatIsNoneIsLeftOutAndNamed)
{
    db.exec("ALTER TABLE RouteData MODIFY weight INT NOT NULL DEFAULT 100;"
            "UPDATE RouteData SET weight = -1 WHERE serverport = 7777");
    EXPECT_EQ(read(true), SAMPLE.substr(SAMPLE.find("1,2")));
    EXPECT_EQ(last.bad_rows, 1u);
    EXPECT_NE(last.bad_row.find("column weight"), std::string::npos) << last.bad_row;
}

TEST_F(RouteReader, HundredsOfModulesChangedAtOnceAreReadInPieces)
{
    read(true);
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
            " SELECT 7, seq, 100, 80 FROM seq_1_to_950;"
            "INSERT INTO RouteChange (modid, cmdid, version)"
            " SELECT 7, seq, UNIX_TIMESTAMP() FROM seq_1_to_950;"
            "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (8, 8, 100, 80)");
    read();
    EXPECT_FALSE(last.complete);
    EXPECT_EQ(last.named.size(), 950u);
    for (int cmdid : {1, 100, 101, 900, 950})
        EXPECT_EQ(hosts(7, cmdid), "1") << cmdid;
    EXPECT_EQ(hosts(8, 8), "none") << "nobody has said so";
    EXPECT_EQ(served->size(), 952u);
}

// To a reader that begins with a table of version 1000.
TEST_F(RouteReader, ChangesUpToTheVersionKnownNameNothingNewInTheFirstRead)
{
    db.exec("INSERT INTO RouteChange (modid, cmdid, version)"
            " VALUES (1, 1, 999), (1, 2, 1000), (1, 3, 1001)");
    route_reader later(db.options(), 1000);
    ASSERT_TRUE(later.connect());
    ASSERT_TRUE(later.read(*served, true, &last));
    EXPECT_EQ(last.named, (std::vector<module_id>{{1, 3}}));
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 4, 5)");
    ASSERT_TRUE(later.read(*last.table, false, &last));
    EXPECT_EQ(last.named, (std::vector<module_id>{{1, 4}})) << "it was not there before";
}

TEST_F(RouteReader, ThatAllIsMeantSoCountsOnceAndOnlyIfItIsNew)
{
    const std::string accept =
        "INSERT INTO RouteChange (modid, cmdid, version) VALUES (0, 0, 4294967296 + ";
    db.exec(accept + "1000)");
    route_reader later(db.options(), 1000);
    ASSERT_TRUE(later.connect());
    ASSERT_TRUE(later.read(*served, true, &last));
    EXPECT_FALSE(last.accepted);
    db.exec(accept + "7)");
    ASSERT_TRUE(later.read(*last.table, false, &last));
    EXPECT_TRUE(last.accepted);
    EXPECT_TRUE(last.complete);
    EXPECT_TRUE(last.named.empty());
    ASSERT_TRUE(later.read(*last.table, true, &last));
    EXPECT_FALSE(last.accepted);
}

// As after a failover to a replica that lacks the last change: its id is given once more.
TEST_F(RouteReader, WhatIsWrittenAfterIdsHaveBegunAnewIsNewWhateverItsVersion)
{
    db.exec(
        "INSERT INTO RouteChange (id, modid, cmdid, version) VALUES (10, 1, 1, 5), (11, 1, 1, 6);"
        "UPDATE RouteVersion SET version = 6");
    read(true);
    db.exec("DELETE FROM RouteChange WHERE id = 11; UPDATE RouteVersion SET version = 5");
    read(true);
    db.exec("INSERT INTO RouteChange (id, modid, cmdid, version) VALUES (11, 0, 0, 6 + " +
            std::to_string(ACCEPTED_CHANGE) + "); UPDATE RouteVersion SET version = 6");
    read();
    EXPECT_TRUE(last.accepted);
    EXPECT_TRUE(last.named.empty());
}

}  // namespace
}  // namespace lars
