#include "reports.h"

#include <filesystem>

#include "lars.pb.h"
#include "lars_reactor.h"
#include "store_report.h"

TEST(Reporter, Trap_P1_AThreadHasOneConnectionToTheDatabase)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    kit::service reporter("lars_reporter", kit::use(database, {{"reactor.threadNum", "2"}}, way.port));
    std::vector<kit::peer> agents;
    for (int i = 1; i <= 200; i++) {
        if (i <= 10) {
            agents.emplace_back(reporter.port);
        }
        ASSERT_TRUE(agents[static_cast<size_t>(i % 10) % agents.size()].send_frame(REPORT, report(i, 1, {{1, 1}}, 10)));
    }
    ASSERT_TRUE(row_count_becomes(database, 200));
    EXPECT_EQ(2, database.connections());
    EXPECT_EQ(3, way.accepted()) << "two, and the look at the start";
}

TEST(Reporter, SaysAtTheStartThatTheDatabaseIsAway)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database, {{"mysql.db_user", "nobody"}, {"mysql.db_passwd", "wrong"}}));
    EXPECT_TRUE(reporter.printed("of nobody at 127.0.0.1:" + std::to_string(kit::database_port()) + " is away: Access denied"))
        << reporter.output();
}

TEST(Reporter, EndsWhenTheDatabasesPortCannotBe)
{
    for (const char *port : {"0", "70000"}) {
        std::string said;
        EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_reporter.conf"), {{"mysql.db_port", port}}), &said), 0);
        EXPECT_NE(std::string::npos, said.find("db_port = " + std::string(port))) << said;
    }
}

// In the place of the database there is one that opens its door only to shut it again.
TEST(Reporter, ADatabaseThatIsAwayIsTriedOnceASecondAndToldOnce)
{
    kit::schema database;
    kit::child door([](uint16_t port) {
        kit::listener listening(port);
        while (listening.accept().ok()) {
            printf("tried;");
        }
    });
    auto start = std::chrono::steady_clock::now();
    kit::service reporter("lars_reporter", kit::use(database, {}, door.port));
    std::vector<kit::peer> agents;
    for (int i = 0; i < 5; i++) {
        agents.emplace_back(reporter.port);
    }
    EXPECT_TRUE(kit::eventually([&] {
        for (kit::peer &agent : agents) {
            agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 1));
        }
        return kit::count_of(door.output(), "tried;") == 3;
    }));
    EXPECT_LE(std::chrono::seconds(2), std::chrono::steady_clock::now() - start);
    EXPECT_EQ(1, kit::count_of(reporter.output(), " is away: ")) << reporter.output();
}

TEST(Reporter, AReportDoesNotGetLostWithAConnectionThatHasDied)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database, {{"reactor.threadNum", "1"}}));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 1));
    database.kill_connections();
    ASSERT_TRUE(kit::eventually([&] { return database.connections() == 0; }));
    ASSERT_TRUE(agent.send_frame(REPORT, report(2, 1, {{1, 1}}, 1)));
    EXPECT_TRUE(row_count_becomes(database, 2));
    EXPECT_EQ(std::string::npos, reporter.output().find("away"));
}

// An older deployment's column, too small for a high address.
TEST(Reporter, WhatTheDatabaseRefusesIsToldAndTheNextReportIsStored)
{
    kit::schema database;
    database.run("ALTER TABLE ServerCallStatus MODIFY ip INT NOT NULL");
    kit::service reporter("lars_reporter", kit::use(database, {{"reactor.threadNum", "1"}}));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{0xc0a80101, 1}}, 1)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(2, 1, {{1, 1}}, 1)));
    EXPECT_TRUE(row_count_becomes(database, 1));
    EXPECT_TRUE(reporter.printed("report of (1,1) is refused: Out of range value for column 'ip'")) << reporter.output();
    database.run("DROP TABLE ServerCallStatus");
    EXPECT_TRUE(kit::eventually([&] {
        agent.send_frame(REPORT, report(3, 1, {{1, 1}}, 1));
        return reporter.output().find("report of (3,1) is refused: ") != std::string::npos;
    }));
    database.load("sql/lars_dns.sql");
    ASSERT_TRUE(agent.send_frame(REPORT, report(4, 1, {{1, 1}}, 1)));
    EXPECT_TRUE(becomes(database, "SELECT COUNT(*) FROM ServerCallStatus WHERE modid = 4", "1"));
}

TEST(Reporter, Trap_P6_GarbageIsCountedAndDoesNotFillTheLog)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    for (int i = 0; i < 2000; i++) {
        ASSERT_TRUE(agent.send_frame(REPORT, "\xff\xff\xff"));
        ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{0, 0}}, 1)));
    }
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 1));
    EXPECT_TRUE(reporter.printed("a report of 3 bytes does not parse, it is dropped (1 so far)"));
    EXPECT_TRUE(reporter.printed("report of (1,1): 0:0 is no host, it is left out (1 so far)"));
    EXPECT_GE(20, kit::count_of(reporter.output(), "\n"));
}

// A program that reads this configuration and then runs body().
static kit::child::program with_conf(const kit::temp_folder &folder, const std::function<void()> &body)
{
    return [path = folder.path, body](uint16_t) {
        if (!config_file::setPath(path + "/lars_reporter.conf")) {
            exit(1);
        }
        body();
    };
}

static lars::ReportStatusRequest request(int modid)
{
    lars::ReportStatusRequest req;
    req.set_modid(modid);
    lars::HostCallResult *result = req.add_results();
    result->set_ip(1);
    result->set_port(1);
    return req;
}

TEST(StoreReport, MayBeMadeForEachReportOnSeveralThreads)
{
    kit::schema database;
    keep_a_log(database);
    kit::temp_folder folder;
    folder.write("lars_reporter.conf", kit::with_settings(kit::text_of("conf/lars_reporter.conf"), kit::use(database)));
    kit::child program(with_conf(folder, [] {
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; t++) {
            threads.emplace_back([t] {
                for (int i = 0; i < 50; i++) {
                    StoreReport sr;
                    sr.store(request(t * 50 + i));
                }
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
    }), kit::child::NOTHING);
    EXPECT_EQ(0, program.wait()) << program.output();
    EXPECT_EQ("200", database.value("SELECT COUNT(*) FROM ServerCallStatus"));
    EXPECT_EQ("200", database.value("SELECT COUNT(*) FROM Writes"));
    EXPECT_TRUE(kit::eventually([&] { return database.connections() == 0; }));
    EXPECT_EQ("", program.output());
}

// The relay belongs to the program: a process with threads cannot fork one that has some, too.
TEST(StoreReport, SaysWhenTheDatabaseIsBackHowManyReportsWereLost)
{
    kit::schema database;
    kit::temp_folder folder;
    kit::child program([&](uint16_t) {
        kit::relay way(kit::database_port());
        way.cut();
        folder.write("lars_reporter.conf",
                     kit::with_settings(kit::text_of("conf/lars_reporter.conf"), kit::use(database, {}, way.port)));
        with_conf(folder, [&way] {
            for (int n = 1;; n++) {
                StoreReport sr;
                sr.store(request(n));
                if (n == 300) {
                    way.restore();
                } else if (n > 300) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                }
            }
        })(0);
    }, kit::child::NOTHING);
    ASSERT_TRUE(program.printed(" reports were lost")) << program.output();
    // The next one after those that were lost is the first that is stored.
    std::string said = program.output();
    int lost = atoi(said.c_str() + said.find(" is back, ") + strlen(" is back, "));
    EXPECT_EQ(std::to_string(lost + 1), database.value("SELECT MIN(modid) FROM ServerCallStatus"));
    EXPECT_LE(300, lost);
    EXPECT_EQ(1, kit::count_of(said, " is away: ")) << said;
}

TEST(ReportClient, ReportsThreeHostsOfOneModule)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::program client({std::filesystem::absolute("test/reportClient"), "-h", "127.0.0.1", "-p", std::to_string(reporter.port)});
    ASSERT_TRUE(row_count_becomes(database, 3));
    EXPECT_EQ((std::vector<std::string>{"1 1 1 123 100 3 1", "1 2 4 123 100 3 1", "1 3 9 123 100 3 1"}),
              database.rows("SELECT cmdid, ip, port, caller, succ_cnt, err_cnt, overload FROM ServerCallStatus ORDER BY ip"));
    std::string modid = database.value("SELECT DISTINCT modid FROM ServerCallStatus WHERE modid BETWEEN 1 AND 3");
    EXPECT_TRUE(client.printed_line("reported modid = " + modid + ", cmdid = 1, caller = 123, hosts = 3")) << client.output();
    EXPECT_TRUE(becomes(database, "SELECT ts > UNIX_TIMESTAMP() - 60 FROM ServerCallStatus LIMIT 1", "1"));
}

TEST(ReportClient, EndsWithAMessageWhenItIsCalledWrongly)
{
    for (const std::vector<std::string> &words : std::vector<std::vector<std::string>>{{"-p", "0"}, {"-p", "65536"}, {"-x"}, {"-h", "nowhere"}}) {
        std::vector<std::string> command = {std::filesystem::absolute("test/reportClient")};
        command.insert(command.end(), words.begin(), words.end());
        kit::program client(command);
        EXPECT_EQ(1, client.wait());
        EXPECT_NE("", client.output());
        client.kill();
    }
}
