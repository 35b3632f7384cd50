#include "reports.h"

#include <cmath>

static const uint32_t HOST = 0xc0a801b1;   // 192.168.1.177

TEST(Reporter, StoresAReport)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777, 100, 3, true}}, 1573034612)));
    ASSERT_TRUE(row_count_becomes(database, 1)) << "a report of one host was sent; " << rows_came(database, 1);
    EXPECT_EQ("1 1 192.168.1.177 7777 127.0.0.1 100 3 1573034612 1", stored(database)[0]);
}

TEST(Reporter, LaterValuesTakeThePlaceOfEarlierOnes)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777, 100, 3, true}, {HOST + 1, 7776, 5, 0}}, 10)));
    ASSERT_TRUE(row_count_becomes(database, 2)) << rows_came(database, 2);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777, 200, 0}}, 11)));
    EXPECT_TRUE(becomes(database, "SELECT MAX(ts) FROM ServerCallStatus", "11"))
        << "a second report of the same host should be written over the first: expected a row of the time 11, the latest is of "
        << database.value("SELECT MAX(ts) FROM ServerCallStatus");
    EXPECT_EQ((std::vector<std::string>{"1 1 192.168.1.177 7777 127.0.0.1 200 0 11 0",
                                        "1 1 192.168.1.178 7776 127.0.0.1 5 0 10 0"}), stored(database));
}

TEST(Reporter, AHostHasARowForEachAgent)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port), other(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777, 1, 0}}, 10, 0x0a000001)));
    ASSERT_TRUE(other.send_frame(REPORT, report(1, 1, {{HOST, 7777, 2, 0}}, 10, 0x0a000002)));
    ASSERT_TRUE(row_count_becomes(database, 2)) << rows_came(database, 2);
    EXPECT_EQ((std::vector<std::string>{"1 1 192.168.1.177 7777 10.0.0.1 1 0 10 0",
                                        "1 1 192.168.1.177 7777 10.0.0.2 2 0 10 0"}), stored(database));
}

TEST(Reporter, Trap_P1_AThousandReportsAreStoredOnceEach)
{
    kit::schema database;
    keep_a_log(database);
    kit::service reporter("lars_reporter", kit::use(database));
    std::vector<kit::peer> agents;
    for (int i = 0; i < 10; i++) {
        agents.emplace_back(reporter.port);
    }
    for (int i = 1; i <= 1000; i++) {
        ASSERT_TRUE(agents[static_cast<size_t>(i % 10)].send_frame(REPORT, report(i, 1, {{HOST, 7777}}, 10)));
    }
    ASSERT_TRUE(row_count_becomes(database, 1000)) << "1000 reports were sent, of another module each; " << rows_came(database, 1000);
    // What waits behind these would be stored before the last ones that come.
    for (int i = 1001; i <= 1100; i++) {
        ASSERT_TRUE(agents[static_cast<size_t>(i % 10)].send_frame(REPORT, report(i, 1, {{HOST, 7777}}, 10)));
    }
    ASSERT_TRUE(row_count_becomes(database, 1100)) << "1100 reports were sent, of another module each; " << rows_came(database, 1100);
    EXPECT_EQ("1100", database.value("SELECT COUNT(*) FROM Writes")) << "1100 reports of one host each were sent: each is one write";
}

TEST(Reporter, Trap_P5_NumbersUseAllTheirBits)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(-1, -2147483647 - 1, {{0xc8010203, 65535, 4294967295u, 7}}, 4294967295u, 0xfffffffe)));
    ASSERT_TRUE(row_count_becomes(database, 1)) << rows_came(database, 1);
    // A table of the course counts to 2147483647.
    EXPECT_EQ("-1 -2147483648 200.1.2.3 65535 255.255.255.254 2147483647 7 4294967295 0", stored(database)[0]);
}

TEST(Reporter, Trap_P6_WhatDoesNotParseIsDropped)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    std::string whole = report(2, 2, {{HOST, 7777, 100, 3, true}}, 10);
    // Cut short in each field; the fields that are whole must not be stored.
    for (size_t length = 1; length < whole.size(); length++) {
        std::string body = whole.substr(0, length);
        if (length == 2 || length == 4 || length == 10 || length == whole.size() - 2) {
            body += "\x08";   // a field ends here: without half another this would be a report
        }
        ASSERT_TRUE(agent.send_frame(REPORT, body));
    }
    ASSERT_TRUE(agent.send_frame(REPORT, ""));                     // nothing: (0,0) without hosts
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {}, 10)));
    ASSERT_TRUE(agent.send_frame(77, "who knows"));
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777}}, 10)));
    ASSERT_TRUE(row_count_becomes(database, 1)) << rows_came(database, 1);
    EXPECT_EQ("1 1 192.168.1.177 7777 127.0.0.1 0 0 10 0", stored(database)[0]);
}

TEST(Reporter, AHostThatCannotBeIsLeftOutAndTheOthersAreStored)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{0, 7777}, {HOST, 0}, {HOST, -1}, {HOST, 65536}, {1, 1}, {HOST, 65535}}, 10)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(2, 1, {{0, 0}}, 10)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(3, 1, {{HOST, 7777}}, 10)));
    ASSERT_TRUE(row_count_becomes(database, 3)) << rows_came(database, 3);
    EXPECT_EQ((std::vector<std::string>{"1 1 0.0.0.1 1 127.0.0.1 0 0 10 0", "1 1 192.168.1.177 65535 127.0.0.1 0 0 10 0",
                                        "3 1 192.168.1.177 7777 127.0.0.1 0 0 10 0"}), stored(database));
}

TEST(Reporter, TheLongestReportIsStoredWhole)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    std::vector<host_result> hosts;
    for (uint32_t i = 1; i <= 2900; i++) {
        hosts.push_back({0xc0a80000 + i, 7777, 1, 1, true});
    }
    std::string body = report(1, 1, hosts, 10);
    ASSERT_LT(60000u, body.size());
    ASSERT_GE(65527u, body.size());
    ASSERT_TRUE(agent.send_frame(REPORT, body));
    EXPECT_TRUE(row_count_becomes(database, 2900)) << "one report of 2900 hosts was sent; " << rows_came(database, 2900);
}

// The same input as v0.1's limit test.
TEST(Reporter, ReadsOnWhileTheTableIsLocked)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database, {{"reactor.threadNum", "1"}}));
    kit::peer first(reporter.port), second(reporter.port);
    ASSERT_TRUE(first.send_frame(REPORT, report(1, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(second.send_frame(REPORT, report(2, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 2)) << rows_came(database, 2);

    database.run("LOCK TABLES ServerCallStatus WRITE");
    ASSERT_TRUE(first.send_frame(REPORT, report(3, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(locked_out(database, 1))
        << "one statement should wait for the lock now (a report is written once, and by one thread), there are " << under_way(database);
    ASSERT_TRUE(second.send_frame(REPORT, report(4, 1, {{1, 1}}, 1)));
    EXPECT_TRUE(kit::eventually([&] { return unread(reporter, second) == 0; }))
        << "the table is locked and a report waits for it; another agent's report should be read meanwhile: " << left_unread(reporter, second);
    EXPECT_EQ("2", database.value("SELECT COUNT(*) FROM ServerCallStatus")) << "the table was not locked";

    database.run("UNLOCK TABLES");
    EXPECT_TRUE(row_count_becomes(database, 4)) << rows_came(database, 4);
}

// The same input as v0.2's limit test.
TEST(Reporter, TheNewestReportOfAModuleStaysInTheTable)
{
    kit::schema database;
    keep_a_log(database);
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "2"}}));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 1)) << rows_came(database, 1);

    database.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION; SELECT * FROM ServerCallStatus"
                 " WHERE modid = 1 AND cmdid = 1 AND ip = 1 AND port = 1 AND caller = INET_ATON('127.0.0.1') FOR UPDATE");
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 2)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(2, 1, {{1, 1}}, 2)));
    ASSERT_TRUE(locked_out(database, 1))
        << "one statement should wait for the lock now (a report is written once, and by one thread), there are " << under_way(database);
    ASSERT_TRUE(agent.send_frame(REPORT, report(7, 1, {{1, 1}}, 1000)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(7, 1, {{1, 1}}, 1001)));
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; })) << left_unread(reporter, agent);

    database.run("COMMIT");
    ASSERT_TRUE(becomes(database, "SELECT COUNT(*) FROM Writes", "5"))
        << "5 reports of one host each were sent: each should be one write, there were " << database.value("SELECT COUNT(*) FROM Writes");
    EXPECT_EQ((std::vector<std::string>{"1000", "1001"}), database.rows("SELECT ts FROM Writes WHERE modid = 7 ORDER BY id"))
        << "two reports of one module, of the times 1000 and 1001, should be written in this order";
    EXPECT_EQ("1001", database.value("SELECT ts FROM ServerCallStatus WHERE modid = 7")) << "the time of the newest report should stay in the row";
}

TEST(Reporter, EachModulesReportsAreStoredInTheOrderInWhichTheyCame)
{
    kit::schema database;
    keep_a_log(database);
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "4"}}));
    std::vector<kit::peer> agents;
    for (int i = 0; i < 5; i++) {
        agents.emplace_back(reporter.port);
    }
    for (int ts = 1; ts <= 20; ts++) {
        for (int modid = 1; modid <= 40; modid++) {
            kit::peer &agent = agents[static_cast<size_t>(modid % 5)];
            ASSERT_TRUE(agent.send_frame(REPORT, report(modid, 1, {{HOST, 7777}}, static_cast<uint32_t>(ts))));
        }
    }
    ASSERT_TRUE(becomes(database, "SELECT COUNT(*) FROM Writes", "800"))
        << "800 reports of one host each were sent: each should be one write, there were " << database.value("SELECT COUNT(*) FROM Writes");
    EXPECT_EQ("0", database.value("SELECT COUNT(*) FROM Writes a JOIN Writes b ON a.modid = b.modid AND a.id < b.id AND a.ts >= b.ts"))
        << "so many times a newer report of a module was written before an older one";
    EXPECT_EQ("20 20", database.value("SELECT MIN(ts), MAX(ts) FROM ServerCallStatus"))
        << "the earliest and the latest time in the table: each row should be of the last report";
}

TEST(Reporter, Trap_P2_ReportsOfManyConnectionsAtOnceAreStoredOnceEach)
{
    kit::schema database;
    keep_a_log(database);
    kit::service reporter("lars_reporter", kit::use(database));
    std::vector<std::thread> agents;
    for (int a = 0; a < 8; a++) {
        agents.emplace_back([&reporter, a] {
            kit::peer agent(reporter.port);
            for (int i = 0; i < 50; i++) {
                agent.send_frame(REPORT, report(a * 50 + i, 1, {{HOST, 7777}}, 10));
            }
        });
    }
    for (std::thread &agent : agents) {
        agent.join();
    }
    ASSERT_TRUE(row_count_becomes(database, 400)) << "8 agents sent 50 reports each, of another module each; " << rows_came(database, 400);
    // What waits behind these would be stored before the last ones that come.
    kit::peer last(reporter.port);
    for (int i = 401; i <= 440; i++) {
        ASSERT_TRUE(last.send_frame(REPORT, report(i, 1, {{HOST, 7777}}, 10)));
    }
    ASSERT_TRUE(row_count_becomes(database, 440)) << rows_came(database, 440);
    EXPECT_EQ("440", database.value("SELECT COUNT(*) FROM Writes")) << "440 reports of one host each were sent: each is one write";
}

TEST(Reporter, StartsWithoutItsDatabaseAndStoresEverythingWhenThatHasCome)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    way.cut();
    kit::service reporter("lars_reporter", kit::use(database, {}, way.port));
    kit::peer agent(reporter.port);
    for (int i = 1; i <= 100; i++) {
        ASSERT_TRUE(agent.send_frame(REPORT, report(i, 1, {{HOST, 7777}}, 1)));
    }
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; })) << left_unread(reporter, agent);
    way.restore();
    EXPECT_TRUE(row_count_becomes(database, 100)) << "100 reports were sent while the database was away; it is back; " << rows_came(database, 100);
}

TEST(Reporter, WhatComesWhileTheDatabaseIsAwayIsStoredAfterwards)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    kit::service reporter("lars_reporter", kit::use(database, {}, way.port));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 1)) << rows_came(database, 1);
    way.cut();
    for (int i = 2; i <= 100; i++) {
        ASSERT_TRUE(agent.send_frame(REPORT, report(i, 1, {{HOST, 7777}}, 1)));
    }
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; })) << left_unread(reporter, agent);
    way.restore();
    EXPECT_TRUE(row_count_becomes(database, 100)) << "100 reports were sent while the database was away; it is back; " << rows_came(database, 100);
}

TEST(Reporter, EndsWithAMessageWithoutItsConfiguration)
{
    must_refuse("", "without conf/lars_reporter.conf");
}

TEST(Reporter, EndsWithAMessageWhenItsPortIsTaken)
{
    kit::schema database;
    kit::listener other;
    must_refuse(kit::with_settings(kit::text_of("conf/lars_reporter.conf"),
                                   kit::use(database, {{"reactor.port", std::to_string(other.port)}})),
                "on a port that another program has");
}

TEST(Sql, TablesCanBeLoadedAgainAndBesideThoseOfTheDns)
{
    kit::schema database("../../dns/v0.1/sql/lars_dns.sql");
    database.load("../../dns/v0.1/sql/dns_route_insert.sql");
    database.load("sql/lars_dns.sql");
    database.run("INSERT INTO ServerCallStatus VALUES (1, 1, 3232235953, 7777, 2130706433, 100, 3, 10, '1')");
    database.load("sql/lars_dns.sql");
    EXPECT_EQ("1", database.value("SELECT COUNT(*) FROM ServerCallStatus")) << "the number of rows in ServerCallStatus";
    EXPECT_EQ("4", database.value("SELECT COUNT(*) FROM RouteData")) << "the number of rows in RouteData";
    EXPECT_EQ("1", database.value("SELECT COUNT(*) FROM RouteVersion")) << "the number of rows in RouteVersion";
    EXPECT_NE("0", database.value("SELECT version FROM RouteVersion WHERE id = 1")) << "loading the tables again has set the version to 0";
}

// The numbers that follow these words in their line.
static std::vector<double> numbers(const std::string &output, const std::string &words)
{
    std::vector<double> all;
    size_t at = output.find(words);
    if (at != std::string::npos) {
        at += words.size();
        std::istringstream line(output.substr(at, output.find('\n', at) - at));
        std::string word;
        while (line >> word) {
            if (word != "%") {
                all.push_back(atof(word.c_str()));
            }
        }
    }
    return all;
}

// Another hash, and other names, give other numbers; a ring moves about one share with any of them.
TEST(RingReport, OneShareOfTheKeysMovesOnTheRingAndNearlyAllByModulo)
{
    kit::program ring_report({kit::binary("ring_report")});
    ASSERT_EQ(0, ring_report.wait()) << "the exit status of ring_report; it printed:\n" << ring_report.output();
    for (int n : {3, 9, 19}) {
        for (const std::string &what : {" " + std::to_string(n) + ", one more", " " + std::to_string(n + 1) + ", one less"}) {
            std::vector<double> row = numbers(ring_report.output(), what);
            ASSERT_EQ(3u, row.size()) << "no line \"" << what << "\" with three numbers: by modulo, on the ring, one share\n"
                                      << ring_report.output();
            double share = 100.0 / (n + 1);
            EXPECT_NEAR(100 - share, row[0], 5) << what << ": by modulo all keys but one share move, in per cent";
            EXPECT_TRUE(row[1] > share / 2 && row[1] < share * 3 / 2)
                << what << ": " << lround(row[1]) << " % of the keys moved on the ring, expected about one share, " << lround(share)
                << " %; a ring on which nearly all move is a modulo";
            EXPECT_NEAR(share, row[2], 0.1) << what << ": the last number is one share, in per cent";
        }
    }
}

TEST(RingReport, TheMoreVirtualNodesTheMoreEvenTheShares)
{
    kit::program ring_report({kit::binary("ring_report")});
    ASSERT_EQ(0, ring_report.wait()) << "the exit status of ring_report; it printed:\n" << ring_report.output();
    double last = 100;
    for (const char *what : {"1 virtual node ", "10 virtual nodes", "100 virtual nodes", "1000 virtual nodes"}) {
        std::vector<double> row = numbers(ring_report.output(), std::string("\n") + what);
        ASSERT_EQ(2u, row.size()) << "no line \"" << what << "\" with the smallest and the largest share of 10 nodes\n"
                                  << ring_report.output();
        EXPECT_LT(row[1] - row[0], last) << what << ": from the smallest share to the largest it should be less far than with a tenth of them";
        last = row[1] - row[0];
    }
    EXPECT_GT(3, last) << "with 1000 virtual nodes the largest share should be within 3 per cent of the smallest";
}
