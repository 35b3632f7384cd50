#include "services.h"

static const char *const SAMPLE_ROWS =
    "modID = 1, cmdID = 1, ip = 3232235953, port = 7777\n"
    "modID = 1, cmdID = 2, ip = 3232235954, port = 7776\n"
    "modID = 1, cmdID = 2, ip = 3232235955, port = 7778\n"
    "modID = 1, cmdID = 2, ip = 3232235956, port = 7779\n";

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
