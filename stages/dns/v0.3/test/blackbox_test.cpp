#include "services.h"

#include <algorithm>
#include <filesystem>

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

// The next answer as "(1,1) 192.168.1.177:7777"; "" if none comes.
static std::string answer(kit::peer &client)
{
    int msgid;
    std::string body;
    lars::GetRouteResponse message;
    if (!client.recv_frame(&msgid, &body) || msgid != 2 || !message.ParseFromString(body)) {
        return "";
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

TEST(Dns, SpeaksTheseBytes)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    ASSERT_TRUE(client.send(std::string("\1\0\0\0\4\0\0\0\x08\x01\x10\x01", 12)));
    std::string body = "\x08\x01\x10\x01\x1a\x0e\x08\xb1\x83\xa0\x85\xfc\xff\xff\xff\xff\x01\x10\xe1\x3c";
    EXPECT_EQ("2:" + body, client.next());
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
    for (int i = 0; i < 1000; i++) {
        ASSERT_TRUE(client.send_frame(1, "garbage"));
        ASSERT_TRUE(client.send_frame(1, "\x08"));                 // ends within a field
    }
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));                     // and this is the first answer
    EXPECT_LT(dns.output().size(), 2000u) << "a log that floods";
}

TEST(Dns, ALargeModuleIsCutToWhatAMessageHolds)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) "
                 "SELECT 1, 1, 4294900000 + seq, 60000 FROM seq_1_to_4100");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    ASSERT_TRUE(client.send_frame(1, request(1, 1)));
    int msgid;
    std::string body;
    ASSERT_TRUE(client.recv_frame(&msgid, &body));
    lars::GetRouteResponse message;
    ASSERT_TRUE(message.ParseFromString(body));
    EXPECT_LT(message.host_size(), 4100);
    EXPECT_GT(body.size(), 65527u - 20);
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

TEST(Client, SaysHowItIsCalled)
{
    for (const std::vector<std::string> &arguments : std::vector<std::vector<std::string>>{
             {}, {"-h", "127.0.0.1"}, {"-p", "7778"}, {"-h", "127.0.0.1", "-p", "70000"}, {"-h", "127.0.0.1", "-p", "x"}}) {
        std::vector<std::string> command = {"test/lars_dns_test1"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        kit::program client(command);
        EXPECT_GT(client.wait(), 0);
        EXPECT_TRUE(client.printed("-h IP -p PORT")) << client.output();
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

TEST(Dns, Trap_D1_AChangeIsPushedToWhoeverHasAsked)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed_line("now route version is " + database.value("SELECT version FROM RouteVersion")));
    kit::program printing({"test/lars_dns_test1", "-h", "127.0.0.1", "-p", std::to_string(dns.port)});
    std::string once = "modid = 1\ncmdid = 1\nhost_size = 1\n-->ip = 3232235953\n-->port = 7777\n";
    EXPECT_TRUE(printing.printed(once)) << printing.output();
    kit::peer client(dns.port), other(dns.port), silent(dns.port);
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    EXPECT_EQ(HOSTS_OF_1_2, ask(other, 1, 2));

    database.load("test/test_insert_dns_route.sql");
    EXPECT_EQ(HOSTS_OF_1_1, answer(client));
    EXPECT_TRUE(printing.printed(once + "modid = 1\ncmdid = 1\nhost_size = 2\n-->ip = 3232235953\n-->port = 7777\n"
                                        "-->ip = 3232235953\n-->port = 9999\n")) << printing.output();
    EXPECT_TRUE(dns.printed_line("now route version is " + database.value("SELECT version FROM RouteVersion")));
    EXPECT_TRUE(dns.printed_line("load data to tmep succ! size is 2")) << dns.output();
    EXPECT_TRUE(kit::eventually([&] { return database.value("SELECT COUNT(*) FROM RouteChange") == "0"; }));
    EXPECT_TRUE(client.silent());   // asked twice, subscribed once
    EXPECT_TRUE(other.silent(1));
    EXPECT_TRUE(silent.silent(1));
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
    // A host moves to another module, a module loses its last, one gets its first.
    database.run(change("UPDATE RouteData SET cmdid = 1 WHERE serverport = 7779; DELETE FROM RouteData WHERE cmdid = 3;"
                        "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 4, 6, 6)",
                        {"1, 1", "1, 2", "1, 3", "1, 4", "1, 4"}));
    // Meanwhile others subscribe and leave.
    EXPECT_TRUE(kit::eventually([&] {
        kit::peer passing(dns.port);
        ask(passing, 1, 1);
        ask(passing, 1, 2);
        return dns.output().find("load data to tmep succ! size is 3\n") != std::string::npos;
    }));
    for (kit::peer &client : clients) {
        std::vector<std::string> told;
        for (int i = 0; i < 4; i++) {
            told.push_back(answer(client));
            ASSERT_NE("", told.back());
        }
        std::sort(told.begin(), told.end());
        EXPECT_EQ(std::vector<std::string>({"(1,1) 192.168.1.177:7777 192.168.1.180:7779",
                                            "(1,2) 192.168.1.178:7776 192.168.1.179:7778", "(1,3)", "(1,4) 0.0.0.6:6"}), told);
        EXPECT_TRUE(client.silent(1));
    }
}

static long fds_of(pid_t pid)
{
    auto all = std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd");
    return std::distance(begin(all), end(all));
}

TEST(Dns, Trap_D3_D5_NobodyIsToldOfWhatHeHasNotAskedFor)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer subscriber(dns.port), negative(dns.port);
    ask(subscriber, 1, 1);
    ask(negative, 1, -1);
    ask(negative, 0, -1);
    long before = fds_of(dns.pid);
    {
        kit::peer leaving(dns.port);
        ask(leaving, 1, 1);
    }
    ASSERT_TRUE(kit::eventually([&] { return fds_of(dns.pid) == before; }));
    kit::peer next(dns.port);   // on the fd of the one who has left
    ask(next, 1, 2);
    database.run(change("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 4294967295, 1, 1), (0, 4294967295, 2, 2),"
                        "(1, 1, 3232235953, 9999)", {"1, 1", "1, 4294967295"}));
    EXPECT_EQ(HOSTS_OF_1_1, answer(subscriber));
    EXPECT_EQ("(1,-1) 0.0.0.1:1", answer(negative));
    EXPECT_TRUE(negative.silent());
    EXPECT_TRUE(next.silent(1));
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
    EXPECT_TRUE(dns.printed_line("now route version is " + database.value("SELECT version FROM RouteVersion")));
    EXPECT_TRUE(client.silent());
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    EXPECT_EQ("1 1", database.value("SELECT modid, cmdid FROM RouteChange"));
    database.run("RENAME TABLE Elsewhere TO RouteData");
    EXPECT_EQ(HOSTS_OF_1_1, answer(client));
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
    EXPECT_TRUE(client.silent(2200));            // it has lost the connection, and tried in vain to make a new one
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));   // and serves what it knows
    EXPECT_LT(dns.output().size(), said + 500) << dns.output();
    relay.restore();
    EXPECT_EQ(HOSTS_OF_1_1, answer(client));
    relay.hold(true);                            // it does not know whether the database lives
    EXPECT_EQ(HOSTS_OF_1_1, ask(client, 1, 1));
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
    EXPECT_TRUE(dns.printed("now route version is 1\nload data to tmep succ! size is 2\n")) << dns.output();
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235953, 7777); COMMIT");
    EXPECT_EQ(HOST_OF_1_1, ask(client, 1, 1));
    EXPECT_TRUE(client.silent(1));
}

TEST(Dns, PrintsTheRoutesOfTheDatabaseAndThenThatItIsUp)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed(std::string(SAMPLE_ROWS) + "lars dns service ....\n")) << dns.output();
}

TEST(Dns, StartsOnAnEmptyTable)
{
    kit::schema database;
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed_line("lars dns service ....")) << dns.output();
    EXPECT_EQ(std::string::npos, dns.output().find("modID"));
}

TEST(Dns, NumbersUseAllTheirBits)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 4294967295, 4294967294, 65535)");
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed_line("modID = 1, cmdID = -1, ip = 4294967294, port = 65535")) << dns.output();
}

TEST(Sql, TablesCanBeLoadedAgain)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    database.load("sql/lars_dns.sql");
    EXPECT_EQ("4", database.value("SELECT COUNT(*) FROM RouteData"));
    EXPECT_EQ("1", database.value("SELECT COUNT(*) FROM RouteVersion"));
    EXPECT_NE("0", database.value("SELECT version FROM RouteVersion WHERE id = 1"));
    database.load("sql/dns_route_drop.sql");
    EXPECT_EQ("0", database.value("SELECT COUNT(*) FROM RouteData"));
}

// The service is started with this configuration; how it ends, and what it says.
static int end_of(const std::string &conf, std::string *said)
{
    kit::temp_folder folder;
    if (!conf.empty()) {
        folder.write("conf/lars_dns.conf", conf);
    }
    kit::program dns({kit::binary("lars_dns")}, folder.path);
    int status = dns.wait();
    *said = dns.output();
    return status;
}

TEST(Dns, EndsWithAMessageWithoutItsConfiguration)
{
    std::string said;
    EXPECT_GT(end_of("", &said), 0);
    EXPECT_NE(std::string::npos, said.find("conf/lars_dns.conf")) << said;
}

TEST(Dns, EndsWithAMessageWhenTheDatabaseIsAway)
{
    std::string port = std::to_string(kit::free_port()), said;
    EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_dns.conf"), {{"mysql.db_port", port}}), &said), 0);
    EXPECT_NE(std::string::npos, said.find(port)) << said;
}

TEST(Dns, EndsWithAMessageWhenATableIsMissing)
{
    kit::schema database("");
    std::string said;
    EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_dns.conf"), kit::use(database)), &said), 0);
    EXPECT_NE(std::string::npos, said.find("RouteData")) << said;
}

TEST(Dns, EndsWithAMessageWhenItsPortIsTaken)
{
    kit::schema database;
    kit::listener other;
    std::string port = std::to_string(other.port), said;
    EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_dns.conf"),
                                        kit::use(database, {{"reactor.port", port}})), &said), 0);
    EXPECT_NE(std::string::npos, said.find(port)) << said;
}
