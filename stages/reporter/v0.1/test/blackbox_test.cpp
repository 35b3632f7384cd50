#include "reports.h"

#include <algorithm>

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

TEST(Reporter, StartsWithoutItsDatabaseAndStoresWhenThatHasCome)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    way.cut();
    kit::service reporter("lars_reporter", kit::use(database, {}, way.port));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777}}, 1)));
    way.restore();
    EXPECT_TRUE(kit::eventually([&] {
        agent.send_frame(REPORT, report(2, 1, {{HOST, 7777}}, 2));
        return database.value("SELECT COUNT(*) FROM ServerCallStatus WHERE modid = 2") == "1";
    })) << "the database was away at the start and has come; reports should be stored now";
}

TEST(Reporter, GoesOnAfterTheDatabaseWasAway)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    kit::service reporter("lars_reporter", kit::use(database, {}, way.port));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{HOST, 7777}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 1)) << rows_came(database, 1);
    way.cut();
    ASSERT_TRUE(agent.send_frame(REPORT, report(2, 1, {{HOST, 7777}}, 2)));
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; })) << left_unread(reporter, agent);
    way.restore();
    EXPECT_TRUE(kit::eventually([&] {
        agent.send_frame(REPORT, report(3, 1, {{HOST, 7777}}, 3));
        return database.value("SELECT COUNT(*) FROM ServerCallStatus WHERE modid = 3") == "1";
    })) << "the database was away and is back; reports should be stored again";
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
