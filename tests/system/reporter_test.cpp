// lars_reporter as a process, with a real database.
#include <gtest/gtest.h>

#include <fstream>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool SANITIZED = true;
#else
constexpr bool SANITIZED = false;
#endif

std::vector<std::string> stored(database &db, const std::string &where = "")
{
    std::vector<std::string> lines;
    for (const auto &row : db.query(
             "SELECT modid, cmdid, INET_NTOA(ip), port, INET_NTOA(caller), succ_cnt, err_cnt, ts,"
             " overload FROM ServerCallStatus" +
             where + " ORDER BY modid, cmdid, ip, port")) {
        std::string line;
        for (const std::string &column : row)
            line += (line.empty() ? "" : " ") + column;
        lines.push_back(line);
    }
    return lines;
}

// Resident memory in kilobytes.
long memory_of(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; in >> word;) {
        if (word == "VmRSS:") {
            long kilobytes = 0;
            in >> kilobytes;
            return kilobytes;
        }
    }
    return 0;
}

std::string with_seq(std::string status_body, uint64_t seq)
{
    ReportStatusRequest only_seq;
    only_seq.set_seq(seq);
    return status_body + only_seq.SerializeAsString();
}

// "seq/stored" of the next frame; "" if that is no answer to a report.
std::string answer(wire_peer &peer, milliseconds within = milliseconds(5000))
{
    const auto frame = peer.receive_frame(within);
    ReportStatusResponse body;
    if (!frame || frame->msgid != ID_ReportStatusResponse || !body.ParseFromString(frame->body))
        return "";
    return std::to_string(body.seq()) + "/" + std::to_string(body.stored());
}
// Takes answers until one is like that.
bool answer_becomes(wire_peer &peer, const std::string &expected)
{
    std::string last;
    do
        last = answer(peer);
    while (!last.empty() && last != expected);
    return last == expected;
}

class Reporter : public testing::Test {
protected:
    wire_peer connect()
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(_reporter.port()));
        return peer;
    }
    bool count_becomes(const std::string &count)
    {
        return wait_until(
            [&] { return _database.value("SELECT COUNT(*) FROM ServerCallStatus") == count; });
    }
    // Of the reporter; one of this test that has just ended may be counted for a moment.
    bool connections_become(const std::string &count)
    {
        return wait_until([&] {
            return _database.value("SELECT COUNT(*) FROM information_schema.processlist WHERE"
                                   " db = DATABASE() AND id <> CONNECTION_ID()") == count;
        });
    }

    database _database;
    reporter_service _reporter{_database.options()};
};

TEST_F(Reporter, GoldenBytesAreStored)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    ASSERT_TRUE(peer.send_frame(
        3,
        from_hex("0801100118818080f807221408b183a085fcffffffff0110e13c18642003280128f4b48aee05")));
    ASSERT_TRUE(count_becomes("1"));
    EXPECT_EQ(stored(_database),
              std::vector<std::string>{"1 1 192.168.1.177 7777 127.0.0.1 100 3 1573034612 1"});
}

TEST_F(Reporter, Trap_P1_ThousandReportsAreStoredOnceOverAFewConnections)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    for (uint32_t i = 1; i <= 1000; ++i)
        ASSERT_TRUE(peer.send_frame(3, status_message(static_cast<int>(i % 50), 1, i, i)));
    ASSERT_TRUE(count_becomes("1000"));
    EXPECT_EQ(_database.value("SELECT SUM(succ_cnt) FROM ServerCallStatus"), "500500");
    EXPECT_TRUE(connections_become("3"));
}

TEST_F(Reporter, LatestValuesWin)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    for (uint32_t i = 0; i <= 300; ++i)
        ASSERT_TRUE(peer.send_frame(3, status_message(4, 4, 9, i)));
    EXPECT_TRUE(wait_until(
        [&] { return _database.value("SELECT succ_cnt FROM ServerCallStatus") == "300"; }));
    EXPECT_TRUE(count_becomes("1"));
}

TEST_F(Reporter, Trap_P3_StoringThreadsAreHonouredUnderBothSpellings)
{
    for (const char *section : {"reporter", "repoter"}) {
        reporter_service reporter(_database.options());
        reporter.set(section, "db_thread_cnt", "7");
        ASSERT_TRUE(reporter.start());
        EXPECT_TRUE(connections_become("7")) << section;
        const bool warned = reporter.process().output().find("[repoter]") != std::string::npos;
        EXPECT_EQ(warned, section == std::string("repoter"));
        EXPECT_EQ(reporter.stop(), 0);
    }
}

TEST_F(Reporter, Trap_P5_HighAddressesAndNegativeIdsAreStored)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    ReportStatusRequest body;
    body.set_modid(-1);
    body.set_cmdid(-2147483647 - 1);
    body.set_caller(static_cast<int32_t>(host("223.255.255.254:1").ip));
    HostCallResult *result = body.add_results();
    result->set_ip(static_cast<int32_t>(host("200.1.2.3:1").ip));
    result->set_port(65535);
    result->set_succ(4294967295u);
    result->set_err(7);
    ASSERT_TRUE(peer.send_frame(3, body.SerializeAsString()));
    ASSERT_TRUE(count_becomes("1"));
    EXPECT_EQ(stored(_database)[0],
              "-1 -2147483648 200.1.2.3 65535 223.255.255.254 2147483647 7 0 0");
}

TEST_F(Reporter, Trap_P6_GarbageIsDroppedAndCounted)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    ASSERT_TRUE(peer.send_frame(3, "\xff\xff\xff"));
    ReportStatusRequest no_host;
    no_host.add_results()->set_succ(1);
    ASSERT_TRUE(peer.send_frame(3, no_host.SerializeAsString()));
    ASSERT_TRUE(peer.send_frame(77, ""));
    ASSERT_TRUE(peer.send_frame(3, status_message(1, 1, 1, 1)));
    ASSERT_TRUE(count_becomes("1"));
    EXPECT_EQ(_reporter.stop(), 0);
    EXPECT_TRUE(_reporter.process().wait_for_output("1 rows stored"));
    EXPECT_TRUE(_reporter.process().wait_for_output("2 made no sense"));
}

TEST_F(Reporter, WhatWasReceivedIsStoredBeforeItStops)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    for (uint32_t i = 1; i <= 3000; ++i)
        ASSERT_TRUE(peer.send_frame(3, status_message(1, 1, i, i)));
    // The answer to nothing: once this row is there, all before it were received.
    ASSERT_TRUE(
        wait_until([&] { return stored(_database, " WHERE succ_cnt = 3000").size() == 1; }));
    EXPECT_EQ(_reporter.stop(), 0);
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM ServerCallStatus"), "3000");
}

TEST_F(Reporter, AReportWithASeqIsAnsweredWhenItIsTakenAndWhenItIsStored)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    ASSERT_TRUE(peer.send_frame(3, with_seq("", 1)));
    EXPECT_EQ(answer(peer), "1/1") << "nothing in it has to be stored";
    {
        db_client other(_database.options());
        ASSERT_TRUE(other.connect());
        ASSERT_TRUE(other.execute("LOCK TABLES ServerCallStatus WRITE"));
        ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(1, 1, 1, 1), 2)));
        EXPECT_EQ(answer(peer), "2/1");
        ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(2, 1, 1, 1), 3)));
        EXPECT_EQ(answer(peer), "3/1");
        ASSERT_TRUE(peer.send_frame(3, with_seq("", 4)));
        EXPECT_EQ(answer(peer), "4/1") << "in order: what was before it is not stored";
    }
    EXPECT_TRUE(answer_becomes(peer, "4/4"));
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM ServerCallStatus"), "2");
}

TEST_F(Reporter, AnAgentThatSendsNoSeqGetsNoAnswer)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer old = connect();
    wire_peer peer = connect();
    ASSERT_TRUE(old.send_frame(3, status_message(1, 1, 1, 1)));
    ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(2, 1, 1, 1), 1)));
    EXPECT_TRUE(answer_becomes(peer, "1/1"));
    ASSERT_TRUE(count_becomes("2"));
    EXPECT_EQ(old.receive_bytes(milliseconds(200)), "");
}

TEST_F(Reporter, RowsThatWillNeverBeStoredAreDone)
{
    _database.exec("ALTER TABLE ServerCallStatus ADD CONSTRAINT few CHECK (succ_cnt < 100)");
    _reporter.set("reporter", "queue_limit", "10");
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(1, 1, 1, 1000), 1)));
    EXPECT_TRUE(answer_becomes(peer, "1/1")) << "refused";
    uint64_t seq = 1;
    {
        db_client other(_database.options());
        ASSERT_TRUE(other.connect());
        ASSERT_TRUE(other.execute("LOCK TABLES ServerCallStatus WRITE"));
        // The same key again and again, and then more than the queue holds.
        while (seq < 200)
            ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(1, 1, 7, 1), ++seq)));
        for (uint32_t i = 200; i < 300; ++i)
            ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(1, 1, i, 1), ++seq)));
    }
    EXPECT_TRUE(answer_becomes(peer, "300/300"));
    EXPECT_EQ(_reporter.stop(), 0);
    EXPECT_EQ(_reporter.process().output().find(" 0 dropped because"), std::string::npos);
}

TEST_F(Reporter, AReportThatIsOlderThanWhatIsStoredChangesNothing)
{
    ASSERT_TRUE(_reporter.start());
    wire_peer peer = connect();
    const auto send = [&](uint32_t ts, uint32_t succ, uint64_t seq) {
        ReportStatusRequest body;
        ASSERT_TRUE(body.ParseFromString(status_message(1, 1, 1, succ)));
        body.set_ts(ts);
        body.set_seq(seq);
        ASSERT_TRUE(peer.send_frame(3, body.SerializeAsString()));
        const std::string done = std::to_string(seq) + "/" + std::to_string(seq);
        EXPECT_TRUE(answer_becomes(peer, done));
    };
    send(2000, 5, 1);
    send(1999, 7, 2);
    EXPECT_EQ(_database.value("SELECT CONCAT(succ_cnt, ' ', ts) FROM ServerCallStatus"), "5 2000");
    send(2000, 8, 3);
    EXPECT_EQ(_database.value("SELECT CONCAT(succ_cnt, ' ', ts) FROM ServerCallStatus"), "8 2000");
}

class ReporterOwnServer : public testing::Test {
protected:
    void SetUp() override
    {
        const status started = _server.start();
        ASSERT_TRUE(started) << started.message();
        _database.emplace(_server);
        _reporter.emplace(_database->options());
    }
    std::string count() { return _database->value("SELECT COUNT(*) FROM ServerCallStatus"); }

    database_server _server;
    std::optional<database> _database;
    std::optional<reporter_service> _reporter;
};

TEST_F(ReporterOwnServer, Trap_P4_DatabaseStoppedUnderAFloodKeepsMemoryFlatAndTheNewestRows)
{
    _reporter->set("reporter", "queue_limit", "2000");
    _reporter->set("reporter", "db_thread_cnt", "1");
    ASSERT_TRUE(_reporter->start());
    ASSERT_TRUE(_server.stop().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_reporter->port()));
    const auto flood = [&](uint32_t from, uint32_t to) {
        for (uint32_t i = from; i < to; ++i)
            ASSERT_TRUE(peer.send_frame(3, status_message(1, 1, i, i)));
    };
    flood(1, 20000);
    const long before = memory_of(_reporter->process().pid());
    flood(20000, 200000);
    // Once this is complained of, everything before it was received.
    ASSERT_TRUE(peer.send_frame(3, "\xff"));
    ASSERT_TRUE(_reporter->process().wait_for_output("makes no sense", milliseconds(30000)));
    // Sanitizers keep freed memory for a while, so there is nothing to see with them.
    if (!SANITIZED) {
        EXPECT_LT(memory_of(_reporter->process().pid()), before + 8000);
    }
    ASSERT_TRUE(_server.start().ok());
    EXPECT_TRUE(wait_until(
        [&] { return _database->value("SELECT MAX(succ_cnt) FROM ServerCallStatus") == "199999"; },
        milliseconds(30000)));
    EXPECT_GE(std::stoi(count()), 2000);
    EXPECT_LE(std::stoi(count()), 2500) << "the queue and the batch in hand";
    EXPECT_EQ(_reporter->stop(), 0);
    EXPECT_TRUE(_reporter->process().wait_for_output("dropped because the queue was full"));
    EXPECT_EQ(_reporter->process().output().find(" 0 dropped because"), std::string::npos);
}

TEST_F(ReporterOwnServer, WhatFitsTheQueueSurvivesADatabaseRestart)
{
    ASSERT_TRUE(_reporter->start());
    ASSERT_TRUE(_server.stop().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_reporter->port()));
    for (uint32_t i = 1; i <= 5000; ++i)
        ASSERT_TRUE(peer.send_frame(3, status_message(static_cast<int>(i % 10), 1, i, i)));
    EXPECT_TRUE(_reporter->process().wait_for_output("database "));
    ASSERT_TRUE(_server.start().ok());
    EXPECT_TRUE(wait_until([&] { return count() == "5000"; }, milliseconds(30000)));
}

TEST_F(ReporterOwnServer, ADatabaseThatHangsDoesNotHoldUpTheEnd)
{
    ASSERT_TRUE(_reporter->start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_reporter->port()));
    ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(1, 1, 1, 1), 1)));
    ASSERT_TRUE(answer_becomes(peer, "1/1"));
    _server.pause();
    for (int i = 1; i <= 20; ++i)
        ASSERT_TRUE(peer.send_frame(3, with_seq(status_message(i, 1, 2, 1), 2)));
    ASSERT_NE(answer(peer), "");
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(_reporter->stop(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
    _server.resume();
}

TEST_F(ReporterOwnServer, StartsAndStopsWithoutADatabase)
{
    ASSERT_TRUE(_server.stop().ok());
    ASSERT_TRUE(_reporter->start());
    EXPECT_TRUE(_reporter->process().wait_for_output("ERROR lars_reporter: database "));
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_reporter->port()));
    ASSERT_TRUE(peer.send_frame(3, status_message(1, 1, 1, 1)));
    ASSERT_TRUE(peer.send_frame(3, "\xff"));
    EXPECT_TRUE(_reporter->process().wait_for_output("makes no sense"));
    EXPECT_EQ(_reporter->stop(), 0);
    EXPECT_TRUE(_reporter->process().wait_for_output("1 not stored at the end"));
    ASSERT_TRUE(_server.start().ok());
}

}  // namespace
}  // namespace lars
