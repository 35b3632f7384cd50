// The storing thread and a real database that refuses: what is a row's own fault, what is
// waited out, and what is never tried for ever.
#include "writer_fixture.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::database;
using test::database_server;
using test::row;
using test::wait_until;

class RowWriterRefusal : public test::writer_fixture {
protected:
    void SetUp() override { ASSERT_TRUE(admin.connect()); }
    // Some tests change what holds for new connections of everybody.
    void TearDown() override
    {
        for (const char *usual :
             {"SET GLOBAL tx_read_only = 0", "SET GLOBAL max_statement_time = DEFAULT",
              "SET GLOBAL max_allowed_packet = DEFAULT", "SET GLOBAL wait_timeout = DEFAULT"})
            set(usual);
    }
    void set(const std::string &statement)
    {
        const status done = admin.execute(statement);
        EXPECT_TRUE(done) << statement << ": " << done.message();
    }
    // Every row whose modid is MODID fails with that error.
    void fail_with(unsigned code, const std::string &modid = "NEW.modid")
    {
        set("CREATE TRIGGER " + db.name() + ".refuse BEFORE INSERT ON " + db.name() +
            ".ServerCallStatus FOR EACH ROW BEGIN IF NEW.modid = " + modid +
            " THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = " + std::to_string(code) +
            ", MESSAGE_TEXT = 'as the test wants it'; END IF; END");
    }
    void fail_no_more() { set("DROP TRIGGER " + db.name() + ".refuse"); }

    // Ten rows wait while it is refused, and are all there after that.
    void expect_waited_out(const std::string &words, const std::function<void()> &end)
    {
        auto writer = start(db.options());
        for (int32_t i = 1; i <= 10; ++i)
            writer->push(row(i, i));
        ASSERT_TRUE(writer->start());
        EXPECT_TRUE(wait_until([&] { return log().find(words) != std::string::npos; })) << log();
        EXPECT_EQ(log().find("is back"), std::string::npos) << log();
        EXPECT_EQ(counts.stored, 0u);
        end();
        expect_stored(10);
        EXPECT_EQ(counts.refused, 0u);
        EXPECT_TRUE(wait_until([&] { return log().find("is back") != std::string::npos; }));
        EXPECT_EQ(db.value("SELECT COUNT(*) FROM ServerCallStatus"), "10");
    }

    database db;
    db_client admin{database_server::shared().admin()};
};

TEST_F(RowWriterRefusal, ADatabaseWhereNobodyMayWriteIsWaitedFor)
{
    set("SET GLOBAL tx_read_only = 1");
    expect_waited_out("(1792)", [this] { set("SET GLOBAL tx_read_only = 0"); });
}

TEST_F(RowWriterRefusal, ALimitOfAStatementsTimeIsWaitedOut)
{
    db.exec("INSERT INTO ServerCallStatus VALUES (1, 1, 167772161, 80, 167772169, 0, 0, 0, '0')");
    db_client other(db.options());
    ASSERT_TRUE(other.connect());
    ASSERT_TRUE(other.execute("START TRANSACTION"));
    ASSERT_TRUE(other.execute("UPDATE ServerCallStatus SET succ_cnt = 5"));
    set("SET GLOBAL max_statement_time = 0.1");
    auto writer = start(db.options());
    writer->push(row(1, 1));
    ASSERT_TRUE(writer->start());
    EXPECT_TRUE(wait_until([&] { return log().find("(1969)") != std::string::npos; })) << log();
    ASSERT_TRUE(other.execute("COMMIT"));
    expect_stored(1);
    EXPECT_EQ(counts.refused, 0u);
}

TEST_F(RowWriterRefusal, AUsersLimitIsWaitedOut)
{
    const std::string user = "'" + db.name() + "'@'127.0.0.1'";
    set("ALTER USER " + user + " WITH MAX_QUERIES_PER_HOUR 1");
    auto writer = start(db.options());
    for (int32_t i = 1; i <= 10; ++i)
        writer->push(row(i, i));
    ASSERT_TRUE(writer->start());
    EXPECT_TRUE(wait_until([&] { return log().find("(1226)") != std::string::npos; })) << log();
    set("ALTER USER " + user + " WITH MAX_QUERIES_PER_HOUR 0");
    set("FLUSH USER_RESOURCES");
    expect_stored(10);
    EXPECT_EQ(counts.refused, 0u);
}

TEST_F(RowWriterRefusal, AnErrorThatNobodyListedIsNotTheRowsFault)
{
    // A node that is not ready, a storage engine's error, and one that does not exist.
    for (unsigned code : {1047u, 1030u, 4999u}) {
        SCOPED_TRACE(code);
        fail_with(code);
        logged.clear();
        counts.stored = 0;
        expect_waited_out("(" + std::to_string(code) + ")", [this] { fail_no_more(); });
        db.exec("DELETE FROM ServerCallStatus");
    }
}

TEST_F(RowWriterRefusal, ARowThatFailsForReasonsUnknownDoesNotHoldUpOthers)
{
    fail_with(1030, "13");
    auto writer = start(db.options());
    for (int32_t i = 1; i <= 40; ++i)
        writer->push(row(i, i));
    ASSERT_TRUE(writer->start());
    expect_stored(39);
    for (int32_t i = 41; i <= 60; ++i)
        writer->push(row(i, i));
    expect_stored(59);
    EXPECT_EQ(counts.refused, 0u);
    EXPECT_LE(lines(), 1u) << "said once:\n" << log();
    fail_no_more();
    expect_stored(60);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM ServerCallStatus WHERE modid = 13"), "1");
}

TEST_F(RowWriterRefusal, ManyRowsThatFailForReasonsUnknownDoNotHoldUpOthers)
{
    // More than a batch holds, so that there is no room for others among them.
    fail_with(1030, "NEW.modid AND NEW.modid < 1000");
    auto writer = start(db.options());
    for (int32_t i = 1; i < 1000; ++i)
        writer->push(row(i, i));
    for (int32_t i = 1000; i < 1040; ++i)
        writer->push(row(i, i));
    ASSERT_TRUE(writer->start());
    expect_stored(40);
    fail_no_more();
    expect_stored(1039);
    EXPECT_EQ(counts.refused, 0u);
    EXPECT_EQ(budget.dropped, 0u);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM ServerCallStatus"), "1039");
}

TEST_F(RowWriterRefusal, ARowThatSomebodyHoldsDoesNotHoldUpOthers)
{
    db.exec("INSERT INTO ServerCallStatus VALUES (13, 1, 167772161, 80, 167772169, 0, 0, 0, '0')");
    db_client other(db.options());
    ASSERT_TRUE(other.connect());
    ASSERT_TRUE(other.execute("START TRANSACTION"));
    // By the whole key, so that nothing beside it is locked.
    ASSERT_TRUE(other.execute("UPDATE ServerCallStatus SET succ_cnt = 5 WHERE modid = 13 AND"
                              " cmdid = 1 AND ip = 167772161 AND port = 80 AND"
                              " caller = 167772169"));
    auto writer = start(db.options());
    for (int32_t i = 1; i <= 20; ++i)
        writer->push(row(i, i));
    ASSERT_TRUE(writer->start());
    expect_stored(19);
    for (int32_t i = 21; i <= 40; ++i)
        writer->push(row(i, i));
    expect_stored(39);
    ASSERT_TRUE(other.execute("COMMIT"));
    expect_stored(40);
    EXPECT_EQ(counts.refused, 0u);
    EXPECT_EQ(db.value("SELECT succ_cnt FROM ServerCallStatus WHERE modid = 13"), "13");
}

TEST_F(RowWriterRefusal, WhatIsARowsOwnFaultDropsThisRowAlone)
{
    // A value, a constraint, a trigger that says no, and more than a packet may hold.
    for (unsigned code : {1264u, 1366u, 4025u, 3819u, 1644u, 1452u, 1153u}) {
        SCOPED_TRACE(code);
        fail_with(code, "13");
        logged.clear();
        counts.stored = counts.refused = 0;
        auto writer = start(db.options());
        for (int32_t i = 1; i <= 40; ++i)
            writer->push(row(i, i));
        ASSERT_TRUE(writer->start());
        expect_stored(39);
        EXPECT_TRUE(wait_until([&] { return counts.refused == 1; }));
        EXPECT_EQ(lines(), 1u) << log();
        writer.reset();
        EXPECT_EQ(counts.lost, 0u);
        fail_no_more();
    }
}

TEST_F(RowWriterRefusal, ABatchLargerThanAPacketIsSplit)
{
    for (const char *most : {"1024", "16384"}) {
        SCOPED_TRACE(most);
        db.exec("DELETE FROM ServerCallStatus");
        counts.stored = 0;
        set(std::string("SET GLOBAL max_allowed_packet = ") + most);
        auto writer = start(db.options());
        for (int32_t i = 1; i <= 700; ++i)
            writer->push(row(i, i));
        ASSERT_TRUE(writer->start());
        expect_stored(700);
        EXPECT_EQ(counts.refused, 0u);
        set("SET GLOBAL max_allowed_packet = DEFAULT");
        EXPECT_EQ(db.value("SELECT CONCAT(COUNT(*), ' ', SUM(succ_cnt)) FROM ServerCallStatus"),
                  "700 245350");
    }
}

TEST_F(RowWriterRefusal, AConnectionThatTheServerClosedWhileItWasIdleIsNoError)
{
    const auto connections = [this] {
        uint64_t found = 0;
        EXPECT_TRUE(admin.query("SELECT COUNT(*) FROM information_schema.processlist WHERE db = '" +
                                    db.name() + "'",
                                [&](const db_row &r) { return r.get_unsigned(0, &found); }));
        return found;
    };
    set("SET GLOBAL wait_timeout = 1");
    auto writer = start(db.options());
    ASSERT_TRUE(writer->start());
    for (int32_t i = 1; i <= 3; ++i) {
        // Also the first one, on which nothing was ever asked.
        ASSERT_TRUE(wait_until([&] { return connections() == 1; }));
        ASSERT_TRUE(wait_until([&] { return connections() == 0; }));
        writer->push(row(i, i));
        expect_stored(static_cast<uint64_t>(i));
    }
    EXPECT_EQ(log(), "");
}

TEST_F(RowWriterRefusal, ADatabaseIsBackOnceItHasStoredARow)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database own(server);
    const db_options options = own.options();
    ASSERT_TRUE(server.stop());
    auto writer = start(options);
    ASSERT_TRUE(writer->start());
    ASSERT_TRUE(wait_until([&] { return lines() == 1; }));
    ASSERT_TRUE(server.start());
    ASSERT_TRUE(wait_until(
        [&] {
            return own.value("SELECT COUNT(*) FROM information_schema.processlist"
                             " WHERE db = DATABASE() AND id <> CONNECTION_ID()") == "1";
        },
        milliseconds(20000)));
    EXPECT_EQ(lines(), 1u) << log();
    writer->push(row(1, 1));
    EXPECT_TRUE(wait_until([&] { return log().find("is back") != std::string::npos; })) << log();
    writer.reset();
}

class RowWriterTime : public test::writer_fixture {
protected:
    // What is stored after these two, which come in this order.
    std::string after(summary_row first, summary_row second)
    {
        auto writer = start(db.options());
        EXPECT_TRUE(writer->start());
        const uint64_t before = counts.stored;
        for (const summary_row &pushed : {first, second}) {
            const uint64_t so_far = counts.stored;
            writer->push(pushed);
            EXPECT_TRUE(wait_until([&] { return counts.stored > so_far; }));
        }
        EXPECT_EQ(counts.stored - before, 2u);
        const std::string found = db.value(
            "SELECT CONCAT(succ_cnt, ' ', err_cnt, ' ', overload, ' ', ts) FROM ServerCallStatus");
        db.exec("DELETE FROM ServerCallStatus");
        return found;
    }
    static summary_row at(uint32_t ts, int32_t succ, bool overloaded)
    {
        summary_row made = row(1, succ, succ + 1);
        made.ts = ts;
        made.overloaded = overloaded;
        return made;
    }

    database db;
};

TEST_F(RowWriterTime, ARowThatIsOlderThanTheStoredOneChangesNothing)
{
    EXPECT_EQ(after(at(2000, 5, true), at(1999, 7, false)), "5 6 1 2000");
    EXPECT_EQ(after(at(2000, 5, true), at(2000, 7, false)), "7 8 0 2000");
    EXPECT_EQ(after(at(2000, 5, true), at(2001, 7, false)), "7 8 0 2001");
}

TEST_F(RowWriterTime, AStoredTimeInTheFutureHoldsUpNothing)
{
    const auto now = static_cast<uint32_t>(std::time(nullptr));
    EXPECT_EQ(after(at(UINT32_MAX, 5, true), at(now, 7, false)), "7 8 0 " + std::to_string(now));
    EXPECT_EQ(after(at(now + 3600, 5, true), at(now, 7, false)), "7 8 0 " + std::to_string(now));
    EXPECT_EQ(after(at(now + 5, 5, true), at(now, 7, false)), "5 6 1 " + std::to_string(now + 5));
}

class RowWriterEnd : public test::writer_fixture {
protected:
    // How long it takes to end, in seconds.
    double time_to_end(row_writer &writer)
    {
        const auto before = std::chrono::steady_clock::now();
        writer.close();
        writer.join();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    }
};

TEST_F(RowWriterEnd, ATableThatSomebodyHoldsDoesNotHoldUpTheEnd)
{
    database db;
    db_client other(db.options());
    ASSERT_TRUE(other.connect());
    ASSERT_TRUE(other.execute("LOCK TABLES ServerCallStatus WRITE"));
    db_options patient = db.options();
    patient.read_timeout = std::chrono::seconds(60);
    auto writer = start(patient);
    ASSERT_TRUE(writer->start());
    writer->push(row(1, 1));
    ASSERT_TRUE(wait_until([&] {
        return db.value("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()"
                        " AND state LIKE 'Waiting for table%lock'") == "1";
    }));
    EXPECT_LT(time_to_end(*writer), 4.5);
    EXPECT_EQ(counts.lost, 1u);
}

TEST_F(RowWriterEnd, AServerThatSaysNothingDoesNotHoldUpTheEnd)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database db(server);
    db_options patient = db.options();
    patient.read_timeout = std::chrono::seconds(60);
    auto writer = start(patient);
    ASSERT_TRUE(writer->start());
    writer->push(row(1, 1));
    expect_stored(1);
    server.pause();
    writer->push(row(2, 2));
    EXPECT_LT(time_to_end(*writer), 4.5);
    EXPECT_EQ(counts.lost, 1u);
    server.resume();
}

}  // namespace
}  // namespace lars
