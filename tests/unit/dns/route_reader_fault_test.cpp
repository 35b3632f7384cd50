// What route_reader does when the database fails, lies or is tidied up.
#include <fstream>

#include "reader_fixture.h"
#include "route_doubt.h"

namespace lars {
namespace {

using std::chrono::seconds;

class RouteReaderFault : public test::ReaderTest {};

TEST_F(RouteReaderFault, Trap_D13_EmptinessIsBelievedWithAVersionAndNotWithout)
{
    route_doubt doubt{seconds(3600)};
    const auto judge = [&](bool full) {
        const auto before = served;
        read(full);
        served = doubt.judge(before, last, route_doubt::time_point());
        return text(*served);
    };
    const std::string sample = judge(true);
    db.exec("DELETE FROM RouteData; DELETE FROM RouteVersion");
    EXPECT_EQ(judge(true), sample);
    EXPECT_TRUE(doubt.doubting());
    db.exec("DELETE FROM RouteChange; INSERT INTO RouteVersion (id, version) VALUES (1, 7)");
    EXPECT_EQ(judge(false), sample) << "a version alone names nothing";
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 8), (1, 2, 8)");
    EXPECT_EQ(judge(false), "");
    EXPECT_FALSE(doubt.doubting());
}

TEST_F(RouteReaderFault, Trap_D13_AtTheStartEmptinessIsBelievedWithAVersionAndNotWithout)
{
    route_doubt doubt{seconds(3600)};
    db.exec("DELETE FROM RouteData; DELETE FROM RouteVersion");
    read(true);
    EXPECT_EQ(doubt.judge(nullptr, last, route_doubt::time_point()), nullptr);
    db.exec("INSERT INTO RouteVersion (id, version) VALUES (1, 7)");
    read();
    const auto table = doubt.judge(nullptr, last, route_doubt::time_point());
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(table->size(), 0u);
}

TEST_F(RouteReaderFault, Trap_D13_RoutesWithoutAVersionRowAreServed)
{
    db.exec("DELETE FROM RouteVersion");
    EXPECT_NE(read(true), "-");
    EXPECT_EQ(served->size(), 2u);
    add(1, "1, 1", true, false);
    read();
    EXPECT_EQ(hosts(1, 1), "2");
}

TEST_F(RouteReaderFault, Trap_D13_EmptiedAndRefilledInOneTransactionIsNeverSeen)
{
    const std::string sample = read(true);
    db_client writer(db.options());
    ASSERT_TRUE(writer.connect());
    for (int round = 0; round < 20; ++round) {
        ASSERT_TRUE(writer.execute("START TRANSACTION"));
        ASSERT_TRUE(writer.execute("CREATE TEMPORARY TABLE kept SELECT * FROM RouteData"));
        ASSERT_TRUE(writer.execute("UPDATE RouteVersion SET version = version + 1"));
        EXPECT_EQ(read(true), sample);
        ASSERT_TRUE(writer.execute("DELETE FROM RouteData"));
        EXPECT_EQ(read(true), sample);
        EXPECT_EQ(read(false), "-");
        ASSERT_TRUE(writer.execute("INSERT INTO RouteData SELECT * FROM kept"));
        ASSERT_TRUE(writer.execute("COMMIT"));
        ASSERT_TRUE(writer.execute("DROP TEMPORARY TABLE kept"));
        EXPECT_EQ(read(), sample);
    }
}

TEST_F(RouteReaderFault, Trap_D10_AFailedReadForgetsNothing)
{
    read(true);
    const std::string before = text(*served);
    add(1, "1, 1");
    for (const char *table : {"RouteData", "RouteChange", "RouteVersion"}) {
        db.exec("RENAME TABLE " + std::string(table) + " TO away");
        for (bool full : {false, true})
            EXPECT_NE(read(full).find("error: "), std::string::npos) << table;
        EXPECT_EQ(outcome, status_kind::missing);
        EXPECT_TRUE(reader.connected());
        EXPECT_EQ(text(*served), before);
        db.exec("RENAME TABLE away TO " + std::string(table));
    }
    EXPECT_NE(read(), "-") << "the same change is found again";
    EXPECT_EQ(hosts(1, 1), "2");
    EXPECT_EQ(read(), "-");
}

TEST_F(RouteReaderFault, Trap_D12_AKilledConnectionIsAnErrorAndAFreshOneGoesOn)
{
    read(true);
    db.kill_connections();
    add(1, "1, 1");
    EXPECT_NE(read().find("error: "), std::string::npos);
    EXPECT_FALSE(reader.connected());
    EXPECT_EQ(outcome, status_kind::unavailable);
    ASSERT_TRUE(reader.connect());
    EXPECT_NE(read(), "-");
    EXPECT_EQ(hosts(1, 1), "2");
}

TEST_F(RouteReaderFault, AVersionThatIsNoNumberIsAnError)
{
    read(true);
    db.exec("ALTER TABLE RouteVersion MODIFY version INT NOT NULL; UPDATE RouteVersion SET version "
            "= -1");
    const std::string error = read(true);
    EXPECT_NE(error.find("version"), std::string::npos) << error;
    EXPECT_NE(error.find("-1"), std::string::npos) << error;
}

// A restored dump, or somebody who tidied up: ids begin at 1 again.
TEST_F(RouteReaderFault, ATruncatedRouteChangeIsFollowed)
{
    for (int old_rows : {3, 200, 300, 1000}) {
        SCOPED_TRACE(old_rows);
        db.exec("TRUNCATE TABLE RouteChange;"
                "INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, 1 FROM seq_1_to_" +
                std::to_string(old_rows));
        read(true);
        db.exec("TRUNCATE TABLE RouteChange");
        read();
        const int before = std::stoi(hosts(1, 1));
        add(old_rows % 250, "1, 1", true, true);
        EXPECT_NE(read(), "-");
        EXPECT_EQ(hosts(1, 1), std::to_string(before + 1));
        // Within the same second, so that only the id tells.
        add(old_rows % 250 + 1, "1, 1", true, false);
        EXPECT_NE(read(), "-");
        EXPECT_EQ(hosts(1, 1), std::to_string(before + 2));
    }
}

TEST_F(RouteReaderFault, OldRowsOfARestoredCopyAreNoProof)
{
    const auto note = [this](int module, const std::string &version) {
        db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (" +
                std::to_string(module) + ", 1, " + version +
                "); UPDATE RouteVersion SET version = " + version + " % 4294967296");
    };
    const auto named = [this] {
        std::string all = last.accepted ? "all" : "";
        for (const module_id &module : last.named)
            all += (all.empty() ? "" : " ") + std::to_string(module.modid);
        return all;
    };
    note(1, "1000");
    note(0, "4294968297");  // accepted, with 1001
    note(2, "1002");
    read(true);
    note(3, "1003");
    note(4, "1004");
    read();
    EXPECT_EQ(named(), "3 4");

    // As it was at 1002, and the ids of then.
    db.exec("DELETE FROM RouteChange WHERE modid >= 3; UPDATE RouteVersion SET version = 1002");
    read();
    EXPECT_EQ(named(), "");
    read();
    EXPECT_EQ(named(), "");
    // What is noted from now on is.
    note(5, "1005");
    read();
    EXPECT_EQ(named(), "5");
    note(0, "4294968302");
    read();
    EXPECT_EQ(named(), "all");
}

// As many rows as before: the highest id is the one that was seen.
TEST_F(RouteReaderFault, ARestoredCopyWhoseIdsCatchUpIsNoticed)
{
    const auto note = [this](const std::string &id, const std::string &version) {
        db.exec("INSERT INTO RouteChange (id, modid, cmdid, version) VALUES (" + id + ", 0, 0, " +
                version + "); UPDATE RouteVersion SET version = " + version + " % 4294967296");
    };
    note("1", "1000");
    note("2", "1001");
    read(true);
    db.exec("DELETE FROM RouteChange WHERE id = 2; UPDATE RouteVersion SET version = 1000");
    note("2", "4294968298");  // accepted, with 1002
    read();
    EXPECT_FALSE(last.accepted) << "which row it is nobody knows yet";
    read();
    EXPECT_TRUE(last.accepted);
}

TEST_F(RouteReaderFault, PruneTakesOnlyWhatIsOldAndWasSeen)
{
    const std::string now = db.value("SELECT UNIX_TIMESTAMP()");
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, " + now +
            " - 200), (1, 2, " + now + " - 50)");
    read(true);
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 9, " + now + " - 300)");
    uint64_t deleted = 7;
    ASSERT_TRUE(reader.prune(seconds(100), 1000, &deleted));
    EXPECT_EQ(deleted, 1u);
    EXPECT_EQ(db.value("SELECT GROUP_CONCAT(cmdid ORDER BY id) FROM RouteChange"), "2,9");
    read();
    ASSERT_TRUE(reader.prune(seconds(100), 1000, &deleted));
    EXPECT_EQ(deleted, 1u);
    ASSERT_TRUE(reader.prune(seconds(100), 1000, &deleted));
    EXPECT_EQ(deleted, 0u);
    EXPECT_EQ(db.value("SELECT GROUP_CONCAT(cmdid ORDER BY id) FROM RouteChange"), "2");
}

TEST_F(RouteReaderFault, PruneTakesSmallBatches)
{
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, 1 FROM seq_1_to_250");
    read(true);
    uint64_t deleted = 0;
    for (int left : {150, 50, 0}) {
        ASSERT_TRUE(reader.prune(seconds(100), 100, &deleted));
        EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteChange"), std::to_string(left));
    }
    EXPECT_EQ(deleted, 50u);
    EXPECT_EQ(read(), "-") << "nothing changed by that";
    add(1, "1, 1");
    read();
    EXPECT_EQ(hosts(1, 1), "2");
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool SANITIZED = true;
#else
constexpr bool SANITIZED = false;
#endif

size_t resident_kb()
{
    std::ifstream status_file("/proc/self/status");
    for (std::string line; std::getline(status_file, line);) {
        if (line.compare(0, 6, "VmRSS:") == 0)
            return std::stoul(line.substr(6));
    }
    return 0;
}

TEST_F(RouteReaderFault, Trap_D11_ManyPollsTakeNoMemory)
{
    constexpr int POLLS = 20000;
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, 1 FROM seq_1_to_200");
    ASSERT_NE(read(true), "-");
    size_t before = 0;
    for (int i = 0; i < POLLS; ++i) {
        if (i == POLLS / 10)
            before = resident_kb();
        ASSERT_TRUE(reader.read(*served, i % 80 == 0, &last));
    }
    ASSERT_GT(before, 0u);
    // Result sets that leak would be some 300 MB by now. Sanitizers keep freed
    // memory for a while.
    EXPECT_LT(resident_kb(), before + (SANITIZED ? 280000 : 4096));
}

}  // namespace
}  // namespace lars
