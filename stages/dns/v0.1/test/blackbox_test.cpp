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
    EXPECT_TRUE(dns.printed(std::string(SAMPLE_ROWS) + "lars dns service ....\n"))
        << "expected a line for each row of RouteData in the order of id, then \"lars dns service ....\"; it printed:\n"
        << dns.output();
}

TEST(Dns, StartsOnAnEmptyTable)
{
    kit::schema database;
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed_line("lars dns service ....")) << "RouteData is empty; it printed:\n" << dns.output();
    EXPECT_EQ(std::string::npos, dns.output().find("modID")) << "RouteData is empty; it printed:\n" << dns.output();
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
    EXPECT_EQ("4", database.value("SELECT COUNT(*) FROM RouteData"));
    EXPECT_EQ("1", database.value("SELECT COUNT(*) FROM RouteVersion"));
    EXPECT_NE("0", database.value("SELECT version FROM RouteVersion WHERE id = 1"));
    database.load("sql/dns_route_drop.sql");
    EXPECT_EQ("0", database.value("SELECT COUNT(*) FROM RouteData"));
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
    int status = dns.wait();
    EXPECT_GT(status, 0) << "lars_dns was started " << case_of << ": it should end with a status that is not 0, but "
                         << (status == 0 ? "it ended with 0" : "it went on, or crashed");
    EXPECT_FALSE(dns.output().empty()) << "lars_dns was started " << case_of << " and ended without a word";
}

TEST(Dns, EndsWithAMessageWithoutItsConfiguration)
{
    must_refuse("", "without conf/lars_dns.conf");
}

TEST(Dns, EndsWithAMessageWhenTheDatabaseIsAway)
{
    std::string port = std::to_string(kit::free_port());
    must_refuse(kit::with_settings(kit::text_of("conf/lars_dns.conf"), {{"mysql.db_port", port}}),
                "with a db_port at which there is no database");
}

TEST(Dns, EndsWithAMessageWhenATableIsMissing)
{
    kit::schema database("");
    must_refuse(kit::with_settings(kit::text_of("conf/lars_dns.conf"), kit::use(database)), "on a database without tables");
}

TEST(Dns, EndsWithAMessageWhenItsPortIsTaken)
{
    kit::schema database;
    kit::listener other;
    must_refuse(kit::with_settings(kit::text_of("conf/lars_dns.conf"),
                                   kit::use(database, {{"reactor.port", std::to_string(other.port)}})),
                "on a port that another program has");
}
