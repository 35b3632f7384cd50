// The known limit of v0.2: a change in the database is never seen. v0.3 sees it:
// Dns.Trap_D1_AChangeIsPushedToWhoeverHasAsked.
#include "services.h"

// How long the answer for module (1,1) is: 4 bytes for the module, 16 for each of these hosts.
static size_t answer_size(kit::peer &client)
{
    int msgid;
    std::string body;
    client.send_frame(1, std::string("\x08\x01\x10\x01", 4));   // GetRouteRequest (1,1)
    client.recv_frame(&msgid, &body);
    return body.size();
}

TEST(Limit, AChangeIsSeenOnlyAfterARestart)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    {
        kit::peer client(dns.port);
        EXPECT_EQ(20u, answer_size(client));
        database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235953, 9999);"
                     "UPDATE RouteVersion SET version = version + 1;"
                     "INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, version FROM RouteVersion");
        EXPECT_TRUE(client.silent(1500));         // v0.3 looks each second
        EXPECT_EQ(20u, answer_size(client));
    }
    dns.stop();
    dns.restart();
    kit::peer client(dns.port);
    EXPECT_EQ(36u, answer_size(client));
}
