#include "reports.h"

#include <filesystem>

#include "lars.pb.h"
#include "lars_reactor.h"
#include "report_backlog.h"
#include "store_report.h"

TEST(Reporter, Trap_P1_AStorageThreadHasOneConnectionToTheDatabase)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "2"}}, way.port));
    kit::peer agent(reporter.port);
    for (int i = 1; i <= 200; i++) {
        ASSERT_TRUE(agent.send_frame(REPORT, report(i, 1, {{1, 1}}, 10)));
    }
    ASSERT_TRUE(row_count_becomes(database, 200));
    EXPECT_EQ(2, database.connections());
    EXPECT_EQ(3, way.accepted()) << "two, and the look at the start";
}

TEST(Reporter, Trap_P3_HasAsManyStorageThreadsAsTheConfigurationSays)
{
    kit::schema database;
    {
        kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "7"}}));
        EXPECT_TRUE(kit::eventually([&] { return database.connections() == 7; })) << database.connections();
    }
    EXPECT_TRUE(kit::eventually([&] { return database.connections() == 0; }));
    kit::service reporter("lars_reporter", kit::use(database));
    EXPECT_TRUE(kit::eventually([&] { return database.connections() == 3; })) << database.connections();
}

TEST(Reporter, EndsWhenTheNumberOfStorageThreadsCannotBe)
{
    kit::schema database;
    for (const char *number : {"0", "1001"}) {
        std::string said;
        EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_reporter.conf"),
                                            kit::use(database, {{"reporter.db_thread_cnt", number}})), &said), 0);
        EXPECT_NE(std::string::npos, said.find("db_thread_cnt = " + std::string(number))) << said;
    }
}

// So many threads wait for the table as have a report.
TEST(Reporter, AModuleHasOneStorageThreadAndManyModulesHaveAll)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    database.run("LOCK TABLES ServerCallStatus WRITE");
    for (int i = 1; i <= 30; i++) {
        ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, i}}, 1)));
    }
    ASSERT_TRUE(locked_out(database, 1));
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; }));
    EXPECT_TRUE(agent.silent());
    EXPECT_TRUE(locked_out(database, 1));
    for (int i = 1; i <= 30; i++) {
        ASSERT_TRUE(agent.send_frame(REPORT, report(1 + i % 2, i, {{1, 1}}, 1)));
    }
    EXPECT_TRUE(locked_out(database, 3));
    database.run("UNLOCK TABLES");
    EXPECT_TRUE(row_count_becomes(database, 60));
}

// How much memory it had at most so far.
static long peak_kb(const kit::program &program)
{
    std::ifstream in("/proc/" + std::to_string(program.pid) + "/status");
    std::string word;
    long kb = -1;
    while (kb == -1 && in >> word) {
        if (word == "VmHWM:") {
            in >> kb;
        }
    }
    return kb;
}

// The sanitizers keep what is freed, so that they show nothing here, and are slow.
constexpr uint32_t MANY = KIT_SANITIZED ? 50000 : 500000;

static void flood(kit::peer &agent, uint32_t from, uint32_t to)
{
    std::string frames;
    for (uint32_t i = from; i <= to; i++) {
        frames += kit::frame(REPORT, report(1, 1, {{i, 1}}, i));
        if (frames.size() > 60000 || i == to) {
            ASSERT_TRUE(agent.send(frames));
            frames.clear();
        }
    }
}

// All lines that count them, added up.
static long dropped(const std::string &output)
{
    const std::string words = " reports were dropped";
    long all = 0;
    for (size_t at = 0; (at = output.find(words, at)) != std::string::npos; at += words.size()) {
        all += atol(output.c_str() + output.find_last_not_of("0123456789", at - 1) + 1);
    }
    return all;
}

TEST(Reporter, Trap_P4_AFloodWhileTheDatabaseIsAwayDropsTheOldestAndCountsThem)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    way.cut();
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "1"}}, way.port));
    kit::peer agent(reporter.port);
    flood(agent, 1, 20000);
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; }));
    long before = peak_kb(reporter);
    flood(agent, 20001, MANY);
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; }));
    if (!KIT_SANITIZED) {
        EXPECT_GT(before + 30000, peak_kb(reporter));
    }
    way.restore();
    EXPECT_TRUE(becomes(database, "SELECT MAX(ts) FROM ServerCallStatus", std::to_string(MANY)));
    int rows = atoi(database.value("SELECT COUNT(*) FROM ServerCallStatus").c_str());
    EXPECT_LE(10000, rows);
    EXPECT_GE(12500, rows) << "those that waited, the one in hand, and those of the bytes that were read last";
    EXPECT_TRUE(kit::eventually([&] { return dropped(reporter.output()) == static_cast<long>(MANY) - rows; }))
        << MANY << " reports came and " << rows << " were stored: the program was to print how many were dropped\n" << reporter.output();
    EXPECT_EQ(1, kit::count_of(reporter.output(), " is away: "));
}

// It takes connections and statements and does not answer: who waits for it must not be the
// one who empties the queue.
TEST(Reporter, Trap_P4_MemoryIsFlatAlsoWhileTheDatabaseHangs)
{
    kit::schema database;
    kit::relay way(kit::database_port());
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "1"}}, way.port));
    kit::peer agent(reporter.port);
    flood(agent, 1, 1);
    ASSERT_TRUE(row_count_becomes(database, 1));
    way.hold(true);
    flood(agent, 1, 20000);
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; }));
    long before = peak_kb(reporter);
    flood(agent, 20001, MANY);
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; }));
    if (!KIT_SANITIZED) {
        EXPECT_GT(before + 30000, peak_kb(reporter));
    }
    way.hold(false);
    EXPECT_TRUE(kit::eventually([&] { return database.value("SELECT COUNT(*) FROM ServerCallStatus") != "1"; }));
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
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "1"}}));
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
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "1"}}));
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

TEST(ReportBacklog, DropsTheOldestWhenThereAreTooMany)
{
    report_backlog backlog(10, 1 << 20);
    for (int i = 1; i <= 15; i++) {
        backlog.push(request(i));
    }
    EXPECT_EQ(5u, backlog.dropped());
    for (int i = 6; i <= 15; i++) {
        EXPECT_EQ(i, backlog.pop().modid());
    }
    backlog.push(request(16));
    EXPECT_EQ(16, backlog.pop().modid());
    EXPECT_EQ(5u, backlog.dropped());
}

TEST(ReportBacklog, DropsTheOldestWhenTheyAreTooBig)
{
    lars::ReportStatusRequest big = request(1);
    for (int i = 0; i < 3000; i++) {
        big.add_results()->set_ip(1);
    }
    size_t bytes = big.SpaceUsedLong();
    ASSERT_LT(3000 * sizeof(lars::HostCallResult), bytes);
    report_backlog backlog(10, 3 * bytes + bytes / 2);
    for (int i = 1; i <= 5; i++) {
        big.set_modid(i);
        backlog.push(big);
    }
    EXPECT_EQ(2u, backlog.dropped());
    for (int i = 3; i <= 5; i++) {
        EXPECT_EQ(i, backlog.pop().modid());
    }
    // There is room again, also for one that is bigger than all the room.
    for (int i = 0; i < 3; i++) {
        backlog.push(big);
    }
    EXPECT_EQ(2u, backlog.dropped());
    report_backlog narrow(10, bytes / 2);
    narrow.push(request(1));
    narrow.push(big);
    EXPECT_EQ(1u, narrow.dropped());
    EXPECT_EQ(5, narrow.pop().modid());
}

TEST(ReportBacklog, WhoTakesWaitsForAReport)
{
    report_backlog backlog(1000, 1 << 20);
    std::thread taker([&] {
        for (int i = 1; i <= 500; i++) {
            EXPECT_EQ(i, backlog.pop().modid());
        }
    });
    for (int i = 1; i <= 500; i++) {
        backlog.push(request(i));
        std::this_thread::yield();
    }
    taker.join();
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
