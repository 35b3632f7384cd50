// The storing thread against a real database.
#include "paths.h"
#include "writer_fixture.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::row;
using test::wait_until;
using RowWriter = test::writer_fixture;

TEST_F(RowWriter, EveryColumnArrives)
{
    test::database db;
    auto writer = start(db.options());
    ASSERT_TRUE(writer->start());
    summary_row all;
    all.module = {-1, INT32_MIN};
    all.address = {0xffffffff, 65535};
    all.caller = 0xc0a801b1;
    all.succ = INT32_MAX;
    all.err = 3;
    all.ts = UINT32_MAX;
    all.overloaded = true;
    writer->push(all);
    writer->push(row(7, 1));
    expect_stored(2);
    const std::vector<std::vector<std::string>> expected = {
        {"-1", "-2147483648", "255.255.255.255", "65535", "192.168.1.177", "2147483647", "3",
         "4294967295", "1"},
        {"7", "1", "10.0.0.1", "80", "10.0.0.9", "1", "0", "1573034612", "0"}};
    EXPECT_EQ(db.query("SELECT modid, cmdid, INET_NTOA(ip), port, INET_NTOA(caller), succ_cnt,"
                       " err_cnt, ts, overload FROM ServerCallStatus ORDER BY modid"),
              expected);
}

TEST_F(RowWriter, TheLatestValuesWin)
{
    test::database db;
    auto writer = start(db.options());
    ASSERT_TRUE(writer->start());
    for (int32_t i = 1; i <= 2000; ++i)
        writer->push(row(1, i, i * 2));
    writer->close();
    writer->join();
    EXPECT_EQ(db.value("SELECT CONCAT(COUNT(*), ' ', MAX(succ_cnt), ' ', MAX(err_cnt))"
                       " FROM ServerCallStatus"),
              "1 2000 4000");
    EXPECT_EQ(counts.lost, 0u);
}

TEST_F(RowWriter, Trap_P1_ManyRowsAreStoredOnceEachOverOneConnectionInBatches)
{
    test::database db;
    const auto number = [](const std::string &name) {
        db_client admin(test::database_server::shared().admin());
        uint64_t found = 0;
        EXPECT_TRUE(admin.connect());
        EXPECT_TRUE(admin.query("SHOW GLOBAL STATUS LIKE '" + name + "'",
                                [&](const db_row &r) { return r.get_unsigned(1, &found); }));
        return found;
    };
    auto writer = start(db.options());
    for (int32_t i = 1; i <= 5000; ++i)
        writer->push(row(i, i));
    const uint64_t connections = number("Connections");
    const uint64_t inserts = number("Com_insert");
    ASSERT_TRUE(writer->start());
    expect_stored(5000);
    // Each question of this test is a connection of its own.
    EXPECT_LE(number("Connections") - connections, 4u);
    EXPECT_EQ(number("Com_insert") - inserts, 10u);
    EXPECT_EQ(db.value("SELECT CONCAT(COUNT(*), ' ', SUM(succ_cnt)) FROM ServerCallStatus"),
              "5000 12502500");
}

TEST_F(RowWriter, RefusedRowsAreSingledOutAndCounted)
{
    test::database db;
    db.exec("ALTER TABLE ServerCallStatus ADD CONSTRAINT few CHECK (succ_cnt < 100)");
    auto writer = start(db.options());
    for (int32_t i = 1; i <= 50; ++i)
        writer->push(row(i, i % 10 == 0 ? 1000 : i));
    ASSERT_TRUE(writer->start());
    expect_stored(45);
    EXPECT_TRUE(wait_until([&] { return counts.refused == 5; }));
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM ServerCallStatus"), "45");
    EXPECT_NE(log().find("few"), std::string::npos) << log();
    writer->push(row(51, 51));
    expect_stored(46);
    EXPECT_EQ(lines(), 1u) << "said once:\n" << log();
}

TEST_F(RowWriter, ATableThatIsMissingIsToldOnceAndWaitedFor)
{
    test::database db(test::database_server::shared(), test::database::tables::none);
    auto writer = start(db.options());
    for (int32_t i = 1; i <= 10; ++i)
        writer->push(row(i, i));
    ASSERT_TRUE(writer->start());
    // Long enough for several tries with growing pauses.
    std::this_thread::sleep_for(milliseconds(1500));
    EXPECT_EQ(lines(), 1u) << log();
    db.load(test::source_path("base/sql/schema.sql"));
    expect_stored(10);
    EXPECT_NE(log().find("is back"), std::string::npos) << log();
}

// As during a switch-over to another server.
TEST_F(RowWriter, RowsOutlastAServerThatIsReadOnlyForNow)
{
    test::database db;
    auto writer = start(db.options());
    db_client admin(test::database_server::shared().admin());
    ASSERT_TRUE(admin.connect());
    ASSERT_TRUE(admin.execute("SET GLOBAL read_only = 1"));
    for (int32_t i = 1; i <= 10; ++i)
        writer->push(row(i, i));
    ASSERT_TRUE(writer->start());
    EXPECT_TRUE(wait_until([&] { return log().find("read-only") != std::string::npos; })) << log();
    // Each try is made on a new connection, which may lead to the server that can be written.
    const auto connections = [&admin] {
        uint64_t so_far = 0;
        EXPECT_TRUE(admin.query("SHOW GLOBAL STATUS LIKE 'Connections'",
                                [&](const db_row &r) { return r.get_unsigned(1, &so_far); }));
        return so_far;
    };
    const uint64_t before = connections();
    EXPECT_TRUE(wait_until([&] { return connections() >= before + 2; }));
    EXPECT_TRUE(admin.execute("SET GLOBAL read_only = 0"));
    expect_stored(10);
    EXPECT_EQ(counts.refused, 0u);
}

// As of two reporters, where agents change from one to the other.
TEST_F(RowWriter, ThoseThatWriteTheSameRowsInOtherOrdersWaitForEachOther)
{
    test::database db;
    db_client admin(test::database_server::shared().admin());
    ASSERT_TRUE(admin.connect());
    const auto deadlocks = [&admin] {
        uint64_t so_far = 0;
        EXPECT_TRUE(admin.query("SELECT count FROM information_schema.INNODB_METRICS"
                                " WHERE name = 'lock_deadlocks'",
                                [&](const db_row &r) { return r.get_unsigned(0, &so_far); }));
        return so_far;
    };
    const uint64_t before = deadlocks();
    auto one = start(db.options()), other = start(db.options());
    ASSERT_TRUE(one->start() && other->start());
    constexpr int32_t ROWS = 300;
    for (int32_t round = 1; round <= 20; ++round) {
        for (int32_t i = 1; i <= ROWS; ++i) {
            one->push(row(i, round));
            other->push(row(ROWS + 1 - i, round));
        }
        expect_stored(static_cast<uint64_t>(round) * 2 * ROWS);
    }
    EXPECT_EQ(deadlocks(), before);
    EXPECT_EQ(log(), "");
}

TEST_F(RowWriter, ALostConnectionIsReplacedAtOnce)
{
    test::database db;
    auto writer = start(db.options());
    ASSERT_TRUE(writer->start());
    writer->push(row(1, 1));
    expect_stored(1);
    db.kill_connections();
    writer->push(row(2, 2));
    expect_stored(2);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM ServerCallStatus"), "2");
}

TEST_F(RowWriter, Trap_P4_WhatFitsWhileTheDatabaseIsAwayArrivesAfterwards)
{
    test::database_server server;
    ASSERT_TRUE(server.start());
    test::database db(server);
    budget.limit = 1000;
    auto writer = start(db.options());
    ASSERT_TRUE(writer->start());
    writer->push(row(1, 1));
    expect_stored(1);
    ASSERT_TRUE(server.stop());
    for (int32_t i = 1; i <= 900; ++i) {
        writer->push(row(i, i));
        writer->push(row(i, i * 2));
    }
    EXPECT_TRUE(wait_until([&] { return lines() > 0; })) << "said that it is away";
    EXPECT_EQ(budget.dropped, 0u);
    ASSERT_TRUE(server.start());
    EXPECT_TRUE(wait_until([&] { return budget.waiting == 0; }, milliseconds(30000)));
    EXPECT_TRUE(wait_until(
        [&] {
            return db.value("SELECT CONCAT(COUNT(*), ' ', SUM(succ_cnt)) FROM ServerCallStatus") ==
                   "900 810900";
        },
        milliseconds(20000)));
    EXPECT_NE(log().find("is back"), std::string::npos) << log();
    EXPECT_LE(lines(), 6u) << "says it when it changes:\n" << log();
}

TEST_F(RowWriter, WithoutADatabaseItEndsInAFewSecondsAndCountsWhatIsLost)
{
    db_options nowhere;
    nowhere.port = 1;
    nowhere.user = "nobody";
    auto writer = start(nowhere);
    ASSERT_TRUE(writer->start());
    for (int32_t i = 1; i <= 700; ++i)
        writer->push(row(i, i));
    const auto before = std::chrono::steady_clock::now();
    writer->close();
    writer->join();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(8));
    EXPECT_EQ(counts.lost, 700u);
    EXPECT_EQ(counts.stored, 0u);
}

TEST_F(RowWriter, CloseWritesWhatWaits)
{
    test::database db;
    auto writer = start(db.options());
    for (int32_t i = 1; i <= 3000; ++i)
        writer->push(row(i, i));
    ASSERT_TRUE(writer->start());
    writer.reset();
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM ServerCallStatus"), "3000");
    EXPECT_EQ(counts.lost, 0u);
}

}  // namespace
}  // namespace lars
