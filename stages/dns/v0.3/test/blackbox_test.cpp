#include "services.h"

#include <algorithm>
#include <filesystem>

#include "journal.h"
#include "lars.pb.h"

static const char *const SAMPLE_ROWS =
    "modID = 1, cmdID = 1, ip = 3232235953, port = 7777\n"
    "modID = 1, cmdID = 2, ip = 3232235954, port = 7776\n"
    "modID = 1, cmdID = 2, ip = 3232235955, port = 7778\n"
    "modID = 1, cmdID = 2, ip = 3232235956, port = 7779\n";

// What the client sends to ask for a module.
static std::string request(int modid, int cmdid)
{
    lars::GetRouteRequest message;
    message.set_modid(modid);
    message.set_cmdid(cmdid);
    return message.SerializeAsString();
}

static std::string text(uint32_t ip, int port)
{
    return std::to_string(ip >> 24) + "." + std::to_string(ip >> 16 & 255) + "." + std::to_string(ip >> 8 & 255) + "." +
           std::to_string(ip & 255) + ":" + std::to_string(port);
}

// The next answer as "(1,1) 192.168.1.177:7777", or what came instead.
static std::string answer(kit::peer &client)
{
    int msgid;
    std::string body;
    lars::GetRouteResponse message;
    if (!client.recv_frame(&msgid, &body)) {
        return "nothing";
    }
    if (msgid != 2) {
        return "a message with msgid " + std::to_string(msgid);
    }
    if (!message.ParseFromString(body)) {
        return "a body that is no GetRouteResponse";
    }
    std::string all = "(" + std::to_string(message.modid()) + "," + std::to_string(message.cmdid()) + ")";
    for (const lars::HostInfo &host : message.host()) {
        all += " " + text(static_cast<uint32_t>(host.ip()), host.port());
    }
    return all;
}

static std::string ask(kit::peer &client, int modid, int cmdid)
{
    client.send_frame(1, request(modid, cmdid));
    return answer(client);
}

static const char *const HOST_OF_1_1 = "(1,1) 192.168.1.177:7777";
static const char *const HOSTS_OF_1_2 = "(1,2) 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779";

TEST(Dns, AnswersWithTheHostsOfAModule)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    EXPECT_EQ(HOSTS_OF_1_2, ask(client, 1, 2));
}

TEST(Dns, AModuleIsModidAndCmdidInThatOrder)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES "
                 "(1, 2, 12, 12), (2, 1, 21, 21), (0, 3, 3, 3), (3, 0, 30, 30), (1, 256, 4, 4), (257, 0, 5, 5)");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ("(1,2) 0.0.0.12:12", ask(client, 1, 2)) << "module (1,2) was asked for; (2,1) is another one";
    EXPECT_EQ("(2,1) 0.0.0.21:21", ask(client, 2, 1)) << "module (2,1) was asked for; (1,2) is another one";
    EXPECT_EQ("(0,3) 0.0.0.3:3", ask(client, 0, 3)) << "a modid of 0 is a number like any other";
    EXPECT_EQ("(3,0) 0.0.0.30:30", ask(client, 3, 0)) << "a cmdid of 0 is a number like any other";
    EXPECT_EQ("(1,256) 0.0.0.4:4", ask(client, 1, 256));
    EXPECT_EQ("(257,0) 0.0.0.5:5", ask(client, 257, 0));
}

TEST(Dns, SpeaksTheseBytes)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    ASSERT_TRUE(client.send(std::string("\1\0\0\0\4\0\0\0\x08\x01\x10\x01", 12))) << "a request could not be sent";
    std::string body = "\x08\x01\x10\x01\x1a\x0e\x08\xb1\x83\xa0\x85\xfc\xff\xff\xff\xff\x01\x10\xe1\x3c";
    EXPECT_EQ("2:" + body, client.next()) << "the answer has msgid 2, then these bytes: modid, cmdid, one host";
}

TEST(Dns, AnUnknownModuleHasNoHosts)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ("(1,3)", ask(client, 1, 3));
    EXPECT_EQ("(2,1)", ask(client, 2, 1));
    EXPECT_EQ("(0,0)", ask(client, 0, 0));   // an empty body, and an empty body back
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
}

TEST(Dns, Trap_D5_ANegativeCmdidIsNoOtherModid)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES "
                 "(1, 4294967295, 1, 1), (0, 4294967295, 2, 2), (2, 4294967295, 3, 3), (4294967295, 1, 4, 4), "
                 "(4294967295, 4294967295, 5, 5), (2147483648, 0, 6, 6)");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ("(1,-1) 0.0.0.1:1", ask(client, 1, -1));
    EXPECT_EQ("(0,-1) 0.0.0.2:2", ask(client, 0, -1));
    EXPECT_EQ("(2,-1) 0.0.0.3:3", ask(client, 2, -1));
    EXPECT_EQ("(-1,1) 0.0.0.4:4", ask(client, -1, 1));
    EXPECT_EQ("(-1,-1) 0.0.0.5:5", ask(client, -1, -1));
    EXPECT_EQ("(-2147483648,0) 0.0.0.6:6", ask(client, INT32_MIN, 0));
}

TEST(Dns, ARowThatAppearsTwiceCountsOnce)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
}

TEST(Dns, AHostMayUseAllBits)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 4294967295, 65535)");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ("(1,1) 255.255.255.255:65535", ask(client, 1, 1));
}

TEST(Dns, ABodyThatIsNoRequestIsDropped)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    size_t said = dns.output().size();
    for (int i = 0; i < 1000; i++) {
        ASSERT_TRUE(client.send_frame(1, "garbage")) << "a body that does not parse is no reason to close the connection";
        ASSERT_TRUE(client.send_frame(1, "\x08"))                  // ends within a field
            << "a body that does not parse is no reason to close the connection";
    }
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1)) << "this must be the first answer: what does not parse is not answered";
    EXPECT_LT(dns.output().size() - said, 2000u) << "2000 bodies that do not parse: who sends them must not fill the log, which grew by "
                                                 << dns.output().size() - said << " bytes; 2000 are allowed";
}

TEST(Dns, ALargeModuleIsCutToWhatAMessageHolds)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) "
                 "SELECT 1, 1, 4294900000 + seq, 60000 FROM seq_1_to_4100");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    client.send_frame(1, request(1, 1));
    int msgid;
    std::string body;
    ASSERT_TRUE(client.recv_frame(&msgid, &body))
        << "a module with 4100 hosts was asked for, and no answer came (a body of 65527 bytes is the most that can be sent)";
    lars::GetRouteResponse message;
    ASSERT_TRUE(message.ParseFromString(body)) << "the answer should be a GetRouteResponse, and does not parse as one";
    EXPECT_LT(message.host_size(), 4100) << "a message holds 65527 bytes, so not all of the module's 4100 hosts, but there were "
                                         << message.host_size();
    EXPECT_GT(body.size(), 65527u - 20) << "as many hosts as fit into 65527 bytes should be in the answer, which has "
                                        << message.host_size() << " of 4100 in " << body.size() << " bytes";
    EXPECT_EQ("(1,2)", ask(client, 1, 2));
}

TEST(Dns, ManyClientsAskAtTheSameTime)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    std::vector<kit::peer> clients;
    for (int i = 0; i < 20; i++) {
        clients.emplace_back(dns.port);
    }
    for (int round = 0; round < 20; round++) {
        for (kit::peer &client : clients) {
            client.send_frame(1, request(1, 1 + round % 2));
        }
    }
    for (kit::peer &client : clients) {
        for (int round = 0; round < 20; round++) {
            ASSERT_EQ(round % 2 == 0 ? HOST_OF_1_1 : HOSTS_OF_1_2, answer(client));
        }
    }
}

// A change as it should be: in one piece, with a version of its own, and with the modules that it touches.
static std::string change(const std::string &statements, const std::vector<std::string> &modules)
{
    std::string all = "BEGIN;" + statements + ";UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = 1;";
    for (const std::string &module : modules) {
        all += "INSERT INTO RouteChange (modid, cmdid, version) SELECT " + module + ", version FROM RouteVersion WHERE id = 1;";
    }
    return all + "COMMIT";
}

static const char *const ONE_MORE_HOST =
    "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235953, 9999)";
static const char *const HOSTS_OF_1_1 = "(1,1) 192.168.1.177:7777 192.168.1.177:9999";

// For a failure: that the service has ended, if it has. A connection that is closed may be ahead of that.
static std::string and_ended(kit::service &dns)
{
    for (int ms = 0; ms < 100 && dns.running(); ms++) {
        usleep(1000);
    }
    return dns.running() ? "" : "; lars_dns has ended meanwhile (" + dns.ending() + "), and it should go on";
}

// What a client has been told that has asked for (1,1) before ONE_MORE_HOST, and what is to be said where it is wrong.
struct push {
    push(kit::service &dns, kit::peer &client) : came(answer(client))
    {
        if (came != HOSTS_OF_1_1) {
            why = "this client had asked for (1,1), which then got one more host: it should be told, unasked" + and_ended(dns);
        }
        if (came == HOST_OF_1_1) {
            why += "; these are the old hosts: is the new table in place before it is published?";
        }
    }
    std::string came, why;
};

TEST(Dns, Trap_D1_AChangeIsPushedToWhoeverHasAsked)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed_line("now route version is " + database.value("SELECT version FROM RouteVersion")))
        << "the version that it finds at the start is a new one; it printed:\n" << dns.output();
    kit::program printing({"test/lars_dns_test1", "-h", "127.0.0.1", "-p", std::to_string(dns.port)});
    std::string once = "modid = 1\ncmdid = 1\nhost_size = 1\n-->ip = 3232235953\n-->port = 7777\n";
    EXPECT_TRUE(printing.printed(once)) << "the course's client asks for (1,1) and prints the answer; it printed:\n" << printing.output();
    kit::peer client(dns.port), other(dns.port), silent(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    EXPECT_EQ(HOSTS_OF_1_2, ask(other, 1, 2));

    database.load("test/test_insert_dns_route.sql");
    push told(dns, client);
    ASSERT_EQ(HOSTS_OF_1_1, told.came) << told.why;
    EXPECT_TRUE(printing.printed(once + "modid = 1\ncmdid = 1\nhost_size = 2\n-->ip = 3232235953\n-->port = 7777\n"
                                        "-->ip = 3232235953\n-->port = 9999\n"))
        << "the course's client should hear of the change, and print both hosts; it printed:\n" << printing.output();
    EXPECT_TRUE(dns.printed_line("now route version is " + database.value("SELECT version FROM RouteVersion")))
        << "a new version should be printed; it printed:\n" << dns.output();
    EXPECT_TRUE(dns.printed_line("load data to tmep succ! size is 2")) << "there are 2 modules; it printed:\n" << dns.output();
    EXPECT_TRUE(kit::eventually([&] { return database.value("SELECT COUNT(*) FROM RouteChange") == "0"; }))
        << "a change that was pushed should be deleted from RouteChange, where " << database.value("SELECT COUNT(*) FROM RouteChange")
        << " rows are left";
    EXPECT_TRUE(client.silent()) << "this client asked for (1,1) twice; it should be told once";
    EXPECT_TRUE(other.silent(1)) << "this client asked for (1,2), and (1,1) has changed: it should not be told";
    EXPECT_TRUE(silent.silent(1)) << "this client has asked for nothing: it should not be told";
    EXPECT_EQ(HOSTS_OF_1_1, ask(other, 1, 1));
}

TEST(Dns, Trap_D2_D14_EachSubscriberIsToldOfEachModuleOnce)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 3, 5, 5)");
    kit::service dns("lars_dns", kit::use(database));
    std::vector<kit::peer> clients;
    for (int i = 0; i < 20; i++) {   // several on each thread
        clients.emplace_back(dns.port);
        EXPECT_EQ(HOST_OF_1_1, ask(clients.back(), 1, 1));
        EXPECT_EQ(HOSTS_OF_1_2, ask(clients.back(), 1, 2));
        EXPECT_EQ("(1,3) 0.0.0.5:5", ask(clients.back(), 1, 3));
        EXPECT_EQ("(1,4)", ask(clients.back(), 1, 4));
    }
    // A host moves to another module; then, in a version of its own and before the next look, a
    // module loses its last host and one gets its first.
    database.run(change("UPDATE RouteData SET cmdid = 1 WHERE serverport = 7779", {"1, 1", "1, 2"}) + ";" +
                 change("DELETE FROM RouteData WHERE cmdid = 3;"
                        "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 4, 6, 6)",
                        {"1, 3", "1, 4", "1, 4"}));
    // Meanwhile others subscribe and leave.
    EXPECT_TRUE(kit::eventually([&] {
        kit::peer passing(dns.port);
        ask(passing, 1, 1);
        ask(passing, 1, 2);
        return dns.output().find("load data to tmep succ! size is 3\n") != std::string::npos;
    })) << "there are new versions, so \"load data to tmep succ! size is 3\" should be printed; meanwhile clients come, ask and leave"
        << and_ended(dns) << "; it printed:\n" << dns.output();
    for (kit::peer &client : clients) {
        std::vector<std::string> told;
        for (int i = 0; i < 4; i++) {
            told.push_back(answer(client));
            ASSERT_NE("nothing", told.back())
                << "four modules that this client had asked for have changed, in two versions, and it was told of " << i << and_ended(dns);
        }
        std::sort(told.begin(), told.end());
        EXPECT_EQ(std::vector<std::string>({"(1,1) 192.168.1.177:7777 192.168.1.180:7779",
                                            "(1,2) 192.168.1.178:7776 192.168.1.179:7778", "(1,3)", "(1,4) 0.0.0.6:6"}), told)
            << "four modules have changed; each client should be told of each, with its new hosts";
        EXPECT_TRUE(client.silent(1)) << "four modules have changed, one of them named twice: four messages are enough";
    }
    database.run(change("DELETE FROM RouteData WHERE cmdid = 4", {"1, 4"}));
    for (kit::peer &client : clients) {
        EXPECT_EQ("(1,4)", answer(client))
            << "only (1,4) has changed since this client was last told: what was pushed then should not be pushed again" << and_ended(dns);
    }
    EXPECT_TRUE(clients[0].silent())
        << "only (1,4) has changed since this client was last told: what was pushed then should not be pushed again";
}

static long fds_of(pid_t pid)
{
    auto all = std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd");
    return std::distance(begin(all), end(all));
}

// Asks for (1,1), leaves, and is gone when this returns: the next client gets its fd.
static void ask_and_leave(kit::service &dns)
{
    long before = fds_of(dns.pid);
    {
        kit::peer leaving(dns.port);
        EXPECT_EQ(HOST_OF_1_1, ask(leaving, 1, 1));
    }
    EXPECT_TRUE(kit::eventually([&] { return fds_of(dns.pid) == before; }))
        << "a client has left: its connection should be closed, and is still open";
}

static const char *const A_HOST_OF_1_2 = "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 2, 3232235957, 80)";
static const char *const NEW_HOSTS_OF_1_2 =
    "(1,2) 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779 192.168.1.181:80";

TEST(Dns, Trap_D3_TheNextClientOnAnFdIsNotToldOfWhatTheLastOneAskedFor)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer subscriber(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(subscriber, 1, 1));
    ask_and_leave(dns);
    kit::peer next(dns.port);
    EXPECT_EQ(HOSTS_OF_1_2, ask(next, 1, 2));
    database.run(change(ONE_MORE_HOST, {"1, 1"}));
    push told(dns, subscriber);
    ASSERT_EQ(HOSTS_OF_1_1, told.came) << told.why;
    // What is pushed later comes later, so nothing of (1,1) can still be under way when this is there.
    database.run(change(A_HOST_OF_1_2, {"1, 2"}));
    EXPECT_EQ(NEW_HOSTS_OF_1_2, answer(next))
        << "a client asked for (1,1) and left; the next one, on the same fd, has asked for (1,2) only, and (1,1) has changed, then (1,2)";
    EXPECT_EQ("(1,3)", ask(next, 1, 3)) << "a push of a module that this client has not asked for?";
}

TEST(Dns, Trap_D3_APushForOneWhoHasLeftDoesNotWaitForTheNextOnHisFd)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer subscriber(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(subscriber, 1, 1));
    ask_and_leave(dns);
    database.run(change(ONE_MORE_HOST, {"1, 1"}));
    push told(dns, subscriber);
    ASSERT_EQ(HOSTS_OF_1_1, told.came) << told.why;
    ASSERT_TRUE(dns.running()) << "a module has changed that one had asked for who has left" << and_ended(dns) << "; it printed:\n"
                               << dns.output();
    kit::peer next(dns.port);
    EXPECT_EQ(HOSTS_OF_1_2, ask(next, 1, 2)) << "this client has asked for (1,2) only; (1,1) was asked for by one who has left";
    database.run(change(A_HOST_OF_1_2, {"1, 2"}));
    EXPECT_EQ(NEW_HOSTS_OF_1_2, answer(next))
        << "a client asked for (1,1) and left, then (1,1) changed; the next one, on the same fd, has asked for (1,2) only";
    EXPECT_EQ("(1,3)", ask(next, 1, 3)) << "a push of a module that this client has not asked for?";
}

TEST(Dns, Trap_D3_APushUnderWayToOneWhoLeavesIsNotForTheNextOnHisFd)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) SELECT 2, 1, seq, 60000 FROM seq_1_to_4000");
    kit::service dns("lars_dns", kit::use(database, {{"reactor.threadNum", "1"}}));
    kit::peer subscriber(dns.port), busy(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(subscriber, 1, 1));
    EXPECT_EQ("(2,3)", ask(busy, 2, 3));
    long before = fds_of(dns.pid);
    kit::peer leaving(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(leaving, 1, 1));
    // It has loaded the new table and waits for this lock before it knows what to push.
    database.run(change(ONE_MORE_HOST, {"1, 1"}) + ";LOCK TABLES RouteChange WRITE");
    EXPECT_TRUE(dns.printed_line("load data to tmep succ! size is 3")) << "there is a new version; it printed:\n" << dns.output();
    // The one thread that serves has enough to do for a while. Meanwhile one leaves, then comes the
    // push, and it finds both when it is done.
    std::string many;
    for (int i = 0; i < 100; i++) {
        many += kit::frame(1, request(2, 1));
    }
    busy.send(many);
    leaving.close();
    database.run("UNLOCK TABLES");
    for (int i = 0; i < 100; i++) {
        kit::quiet not_told;
        ASSERT_GT(answer(busy).size(), 50000u)
            << "a client asked 100 times for a module of 4000 hosts, and answer " << i + 1 << " did not come whole" << and_ended(dns);
    }
    push told(dns, subscriber);
    ASSERT_EQ(HOSTS_OF_1_1, told.came) << told.why;
    EXPECT_TRUE(kit::eventually([&] { return fds_of(dns.pid) == before; }))
        << "a client has left: its connection should be closed, and is still open";
    kit::peer next(dns.port);
    EXPECT_EQ(HOSTS_OF_1_2, ask(next, 1, 2)) << "this client has asked for (1,2) only; (1,1) was asked for by one who has left";
    database.run(change(A_HOST_OF_1_2, {"1, 2"}));
    EXPECT_EQ(NEW_HOSTS_OF_1_2, answer(next))
        << "a client that had asked for (1,1) left while its push was under way; the next one, on the same fd, has asked for (1,2) only"
        << and_ended(dns);
    EXPECT_EQ("(1,3)", ask(next, 1, 3))
        << "a client that had asked for (1,1) left while its push was under way; the next one, on the same fd, should not be told of (1,1)";
}

TEST(Dns, Trap_D5_AChangeOfANegativeCmdidIsPushedToItsOwnSubscriber)
{
    kit::schema database;
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ("(1,-1)", ask(client, 1, -1));
    EXPECT_EQ("(0,-1)", ask(client, 0, -1));
    database.run(change("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 4294967295, 1, 1), (0, 4294967295, 2, 2)",
                        {"1, 4294967295"}));
    ASSERT_EQ("(1,-1) 0.0.0.1:1", answer(client)) << "module (1,-1) has changed, which is 1, 4294967295 in RouteChange";
    EXPECT_EQ("(0,-1) 0.0.0.2:2", ask(client, 0, -1)) << "only (1,-1) was announced; this is the answer, not a push";
}

TEST(Dns, Trap_D10_AReloadThatFailsIsTriedAgain)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    database.run(std::string(ONE_MORE_HOST) + "; RENAME TABLE RouteData TO Elsewhere");
    database.run(change("DO 0", {"1, 1"}));
    EXPECT_TRUE(dns.printed_line("now route version is " + database.value("SELECT version FROM RouteVersion")))
        << "RouteData is away and the version is new, which can be read" << and_ended(dns) << "; it printed:\n" << dns.output();
    EXPECT_TRUE(client.silent()) << "RouteData cannot be read, so there is nothing to push" << and_ended(dns);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1)) << "RouteData cannot be read, so what is known should be served" << and_ended(dns);
    EXPECT_EQ("1 1", database.value("SELECT modid, cmdid FROM RouteChange")) << "the change was not pushed yet: its row should stay";
    database.run("RENAME TABLE Elsewhere TO RouteData");
    push told(dns, client);
    EXPECT_EQ(HOSTS_OF_1_1, told.came) << "RouteData can be read again, and the change is still to be pushed: " << told.why;
}

TEST(Dns, Trap_D10_ChangesThatCannotBeReadAreReadLater)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    database.run(std::string("RENAME TABLE RouteChange TO Elsewhere; BEGIN; ") + ONE_MORE_HOST +
                 "; UPDATE RouteVersion SET version = version + 1; INSERT INTO Elsewhere (modid, cmdid, version) "
                 "SELECT 1, 1, version FROM RouteVersion; COMMIT");
    EXPECT_TRUE(dns.printed("load data to tmep succ! size is 2"))
        << "RouteChange is away and the version is new, so RouteData should be read" << and_ended(dns) << "; it printed:\n" << dns.output();
    EXPECT_TRUE(client.silent()) << "RouteChange cannot be read, so nobody knows what to push" << and_ended(dns);
    database.run("RENAME TABLE Elsewhere TO RouteChange");
    push told(dns, client);
    EXPECT_EQ(HOSTS_OF_1_1, told.came) << "RouteChange could not be read when the version was new; now it can: " << told.why;
}

TEST(Dns, Trap_D12_TheDatabaseMayGoAndComeBack)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::relay relay(kit::database_port());
    kit::service dns("lars_dns", kit::use(database, kit::settings(), relay.port));
    kit::peer client(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    size_t said = dns.output().size();
    relay.cut();
    database.run(change(ONE_MORE_HOST, {"1, 1"}));
    EXPECT_TRUE(client.silent(2200))             // it has lost the connection, and tried in vain to make a new one
        << "the database is away, so there is nothing to push" << and_ended(dns) << "; it printed:\n" << dns.output();
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1)) << "the database is away, so what is known should be served" << and_ended(dns);
    int lines = kit::count_of(dns.output().substr(said), "\n");
    EXPECT_LE(lines, 1) << "the database was away for some seconds: that is one line, not one for each try; there were " << lines
                        << "; it printed:\n" << dns.output();
    relay.restore();
    push told(dns, client);
    EXPECT_EQ(HOSTS_OF_1_1, told.came) << "the database is back, and (1,1) has changed meanwhile: " << told.why;
    relay.hold(true);                            // it does not know whether the database lives
    EXPECT_EQ(HOSTS_OF_1_1, ask(client, 1, 1)) << "the database does not answer, so what is known should be served" << and_ended(dns);
}

TEST(Dns, Trap_D13_NeitherAMissingVersionNorATableBeingRefilledIsAChange)
{
    kit::schema database, other("");
    database.load("sql/dns_route_insert.sql");
    database.run("DELETE FROM RouteVersion");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    database.run("BEGIN; DELETE FROM RouteData");
    other.run("INSERT INTO " + database.name + ".RouteVersion VALUES (1, 1)");   // so that it reads the table now
    EXPECT_TRUE(dns.printed("now route version is 1\nload data to tmep succ! size is 2\n"))
        << "RouteVersion had no row and has got one, of version 1: expected \"now route version is 1\" and "
        << "\"load data to tmep succ! size is 2\", one right after the other (rows are printed at the start only)" << and_ended(dns)
        << "; it printed:\n" << dns.output();
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1))
        << "RouteData is being refilled in a transaction that is not at its end: nobody sees it empty";
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235953, 7777); COMMIT");
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    size_t said = dns.output().size();
    database.run("DELETE FROM RouteVersion");
    EXPECT_TRUE(client.silent(1300)) << "the row of RouteVersion is missing, which is no change" << and_ended(dns);
    EXPECT_EQ(0, kit::count_of(dns.output().substr(said), "now route version is"))
        << "the row of RouteVersion is missing, which is no version (and not version 0); it printed:\n" << dns.output();
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1)) << "the row of RouteVersion is missing, and what is known should be served" << and_ended(dns);
}

TEST(Dns, PrintsTheRoutesOfTheDatabaseAndThenThatItIsUp)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed(std::string(SAMPLE_ROWS) + "lars dns service ....\n"))
        << "expected a line for each row of RouteData in the order of id, once, then \"lars dns service ....\" and nothing between; it printed:\n"
        << dns.output();
}

TEST(Dns, StartsOnAnEmptyTable)
{
    kit::schema database;
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed_line("lars dns service ....")) << "RouteData is empty, which is no reason not to start; it printed:\n" << dns.output();
    EXPECT_EQ(0, kit::count_of(dns.output(), "modID")) << "RouteData is empty, so no line of a row should be printed; it printed:\n" << dns.output();
}

TEST(Dns, NumbersUseAllTheirBits)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 4294967295, 4294967294, 65535)");
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed_line("modID = 1, cmdID = -1, ip = 4294967294, port = 65535"))
        << "modid and cmdid are printed signed, ip unsigned; it printed:\n" << dns.output();
}

TEST(Sql, TablesCanBeLoadedAgain)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    database.load("sql/lars_dns.sql");
    EXPECT_EQ("4", database.value("SELECT COUNT(*) FROM RouteData")) << "the number of rows in RouteData";
    EXPECT_EQ("1", database.value("SELECT COUNT(*) FROM RouteVersion")) << "the number of rows in RouteVersion";
    EXPECT_NE("0", database.value("SELECT version FROM RouteVersion WHERE id = 1")) << "loading the tables again has set the version to 0";
    database.load("sql/dns_route_drop.sql");
    EXPECT_EQ("0", database.value("SELECT COUNT(*) FROM RouteData")) << "the number of rows in RouteData";
}

// The stage's configuration with these values, and with a port of its own: nobody who runs on the
// usual one makes a service end that should have ended for another reason.
static std::string conf(kit::settings values)
{
    values.insert({"reactor.port", std::to_string(kit::free_port())});
    return kit::with_settings(kit::text_of("conf/lars_dns.conf"), values);
}

// The service is started with this configuration: it must end by itself, with a status other
// than 0 and a word about why.
static void must_refuse(const std::string &conf, const std::string &case_of)
{
    kit::temp_folder folder;
    if (!conf.empty()) {
        folder.write("conf/lars_dns.conf", conf);
    }
    kit::program dns({kit::binary("lars_dns")}, folder.path);
    bool ended = kit::eventually([&] { return !dns.running(); });
    if (!ended) {
        dns.kill();
    }
    int status = ended ? dns.wait() : -1;
    EXPECT_GT(status, 0) << "lars_dns was started " << case_of << ": it should end with a status that is not 0, but "
                         << (ended ? dns.ending() : "it was still running") << "; it printed:\n" << dns.output();
    EXPECT_FALSE(dns.output().empty()) << "lars_dns was started " << case_of << ": it should say why it ends, and has printed nothing";
}

TEST(Dns, EndsWithAMessageWithoutItsConfiguration)
{
    must_refuse("", "without conf/lars_dns.conf");
}

TEST(Dns, EndsWithAMessageWhenTheDatabaseIsAway)
{
    must_refuse(conf({{"mysql.db_port", std::to_string(kit::free_port())}}), "with a db_port at which there is no database");
}

TEST(Dns, EndsWithAMessageWhenATableIsMissing)
{
    kit::schema database("");
    must_refuse(conf(kit::use(database)), "on a database without tables");
}

TEST(Dns, EndsWithAMessageWhenItsPortIsTaken)
{
    kit::schema database;
    kit::listener other;
    must_refuse(conf(kit::use(database, {{"reactor.port", std::to_string(other.port)}})), "on a port that another program has");
}
