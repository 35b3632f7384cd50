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
