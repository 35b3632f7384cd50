#include "services.h"

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

TEST(Client, PrintsTheAnswerAndAsksAgain)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::program client({"test/lars_dns_test1", "-h", "127.0.0.1", "-p", std::to_string(dns.port)});
    std::string once = "modid = 1\ncmdid = 2\nhost_size = 3\n"
                       "-->ip = 3232235954\n-->port = 7776\n"
                       "-->ip = 3232235955\n-->port = 7778\n"
                       "-->ip = 3232235956\n-->port = 7779\n";
    EXPECT_TRUE(client.printed(once + once)) << "expected the answer for (1,2), and after it a second one; the client printed:\n"
                                             << client.output().substr(0, 300);
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
