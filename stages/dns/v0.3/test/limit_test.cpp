// The known limits of v0.3. The final system lifts them: tests/system/dns_test.cpp, Trap_D7, Trap_D8 and Trap_D9.
#include "services.h"

static const std::string ASK("\x08\x01\x10\x01", 4);   // GetRouteRequest (1,1)

// How many hosts the next answer or push for module (1,1) has: 4 bytes are for the module, 16 for each of these hosts.
static int hosts(kit::peer &client)
{
    int msgid;
    std::string body;
    return client.recv_frame(&msgid, &body) ? static_cast<int>(body.size() - 4) / 16 : -1;
}

static int ask(kit::peer &client)
{
    client.send_frame(1, ASK);
    return hosts(client);
}

static std::string host(int port)
{
    return "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235953, " + std::to_string(port) + ");";
}

static const std::string CHANGE = "INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, version FROM RouteVersion;";

// Longer than it takes until the dns has looked once more.
static const int ONE_LOOK_MS = 1300;

TEST(Limit, D7_TheSecondOfTwoChangesInOneSecondIsNotHeard)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ(1, ask(client));
    // Both say that the second is 2000000000.
    std::string version = "UPDATE RouteVersion SET version = 2000000000;";
    database.run("BEGIN;" + host(9998) + version + CHANGE + "COMMIT");
    EXPECT_EQ(2, hosts(client));
    database.run("BEGIN;" + host(9999) + version + CHANGE + "COMMIT");
    EXPECT_TRUE(client.silent(ONE_LOOK_MS));
    EXPECT_EQ(2, ask(client));
}

TEST(Limit, D8_AVersionThatMovesBeforeItsChangeHidesIt)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    EXPECT_EQ(1, ask(client));
    database.run("UPDATE RouteVersion SET version = version + 1");
    EXPECT_TRUE(dns.printed("load data to tmep"));
    EXPECT_TRUE(client.silent());                  // it is done with this version
    database.run("BEGIN;" + host(9999) + CHANGE + "COMMIT");
    EXPECT_TRUE(client.silent(ONE_LOOK_MS));
    EXPECT_EQ(1, ask(client));
}

TEST(Limit, D9_OfTwoDnsOneTakesTheChangesAwayFromTheOther)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service first("lars_dns", kit::use(database)), second("lars_dns", kit::use(database));
    kit::peer of_first(first.port), of_second(second.port);
    EXPECT_EQ(1, ask(of_first));
    EXPECT_EQ(1, ask(of_second));
    second.pause();                                // so that it is the later one
    database.load("test/test_insert_dns_route.sql");
    EXPECT_EQ(2, hosts(of_first));
    EXPECT_TRUE(kit::eventually([&] { return database.value("SELECT COUNT(*) FROM RouteChange") == "0"; }));
    second.resume();
    EXPECT_TRUE(second.printed("load data to tmep"));
    EXPECT_TRUE(of_second.silent());
    EXPECT_EQ(2, ask(of_second));                  // it knows, and has told nobody
}
