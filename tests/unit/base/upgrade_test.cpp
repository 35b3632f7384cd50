// base/sql/upgrade.sql, run by the client that people run it with, on tables such
// as older deployments have.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "database.h"
#include "paths.h"
#include "process.h"

namespace lars {
namespace {

using namespace lars::test;
using rows = std::vector<std::vector<std::string>>;

const char *const TABLES[] = {"RouteData",        "RouteVersion", "RouteChange", "RouteAudit",
                              "ServerCallStatus", "CallHistory",  "ModIDConfig", "CmdIDConfig"};

// The oldest that are known: signed addresses, no transactions, another character set.
const char *const OLD_TABLES =
    "CREATE TABLE RouteData (id INT UNSIGNED NOT NULL AUTO_INCREMENT, modid INT UNSIGNED NOT NULL,"
    " cmdid INT UNSIGNED NOT NULL, serverip INT UNSIGNED NOT NULL, serverport INT UNSIGNED NOT "
    "NULL,"
    " PRIMARY KEY (id)) ENGINE=MyISAM DEFAULT CHARSET=utf8;"
    "CREATE TABLE RouteVersion (id INT UNSIGNED NOT NULL AUTO_INCREMENT, version INT NOT NULL,"
    " PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8;"
    "CREATE TABLE RouteChange (id INT UNSIGNED NOT NULL AUTO_INCREMENT, modid INT UNSIGNED NOT "
    "NULL,"
    " cmdid INT UNSIGNED NOT NULL, version INT NOT NULL, PRIMARY KEY (id))"
    " ENGINE=InnoDB DEFAULT CHARSET=latin1;"
    "CREATE TABLE ServerCallStatus (modid INT(11) NOT NULL, cmdid INT(11) NOT NULL,"
    " ip INT(11) NOT NULL, port INT(11) NOT NULL, caller INT(11) NOT NULL,"
    " succ_cnt INT(11) NOT NULL, err_cnt INT(11) NOT NULL, ts BIGINT(20) NOT NULL,"
    " overload CHAR(1) NOT NULL, PRIMARY KEY (modid, cmdid, ip, port, caller))"
    " ENGINE=InnoDB DEFAULT CHARSET=utf8;"
    "CREATE TABLE ModIDConfig (id INT UNSIGNED NOT NULL AUTO_INCREMENT, modid INT UNSIGNED NOT "
    "NULL,"
    " content CHAR(255) NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=latin1";

// As the reporter stores a row; %s are the address, the caller and succ_cnt.
std::string call_status(const std::string &ip, const std::string &caller, int succ)
{
    return "INSERT INTO ServerCallStatus (modid, cmdid, ip, port, caller, succ_cnt, err_cnt, ts,"
           " overload) VALUES (-1, 2, " +
           ip + ", 7777, " + caller + ", " + std::to_string(succ) +
           ", 0, 1500000000, '0') ON DUPLICATE KEY UPDATE succ_cnt = VALUES(succ_cnt)";
}

class Upgrade : public testing::Test {
protected:
    run_result upgrade()
    {
        const db_options own = _old.options();
        process_options options;
        options.environment = {"MYSQL_PWD=" + own.password};
        return run("/bin/bash",
                   {"-c",
                    "exec \"$(command -v mariadb || command -v mysql)\" --no-defaults"
                    " --host=127.0.0.1 --port=$0 --user=$1 $1 <\"$2\"",
                    std::to_string(own.port), own.user, source_path("base/sql/upgrade.sql")},
                   options);
    }

    void upgrade_well()
    {
        const run_result result = upgrade();
        EXPECT_EQ(result.exit_status, 0) << result.output;
        EXPECT_EQ(result.output, "");
    }

    // How the server would make the table anew; where counting goes on is not of it.
    static std::string shape(database &in, const std::string &table)
    {
        const rows shown = in.query("SHOW CREATE TABLE " + table);
        std::string text = shown.empty() ? "" : shown[0].at(1);
        if (const size_t at = text.find(" AUTO_INCREMENT="); at != std::string::npos)
            text.erase(at, text.find(' ', at + 1) - at);
        return text;
    }

    void expect_todays_tables()
    {
        database fresh;
        for (const char *table : TABLES)
            EXPECT_EQ(shape(_old, table), shape(fresh, table));
    }

    database _old{database_server::shared(), database::tables::none};
};

TEST_F(Upgrade, OldTablesBecomeTodaysAndKeepTheirRows)
{
    _old.exec(OLD_TABLES);
    _old.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
              " VALUES (4294967295, 1, 3232235953, 7777), (1, 2, 167772161, 80);"
              "INSERT INTO RouteVersion (version) VALUES (1500000000);"
              "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 2, 1500000000);"
              "INSERT INTO ModIDConfig (modid, content) VALUES (1, 'caf\xc3\xa9')");
    _old.exec(call_status("167772161", "167772162", 1));
    _old.exec(call_status("-1062731343", "-1062731342", 2));  // 192.168.1.177 and .178
    _old.exec(call_status("-1", "-2147483648", 3));
    for (int i = 0; i < 2; ++i) {
        upgrade_well();
        expect_todays_tables();
        EXPECT_EQ(_old.query("SELECT id, modid, cmdid, serverip, serverport FROM RouteData"),
                  (rows{{"1", "4294967295", "1", "3232235953", "7777"},
                        {"2", "1", "2", "167772161", "80"}}));
        EXPECT_EQ(_old.query("SELECT * FROM RouteVersion"), (rows{{"1", "1500000000"}}));
        EXPECT_EQ(_old.query("SELECT * FROM RouteChange"), (rows{{"1", "1", "2", "1500000000"}}));
        EXPECT_EQ(_old.query("SELECT * FROM ModIDConfig"), (rows{{"1", "1", "caf\xc3\xa9"}}));
        EXPECT_EQ(
            _old.query("SELECT * FROM ServerCallStatus ORDER BY succ_cnt"),
            (rows{{"-1", "2", "167772161", "7777", "167772162", "1", "0", "1500000000", "0"},
                  {"-1", "2", "3232235953", "7777", "3232235954", "2", "0", "1500000000", "0"},
                  {"-1", "2", "4294967295", "7777", "2147483648", "3", "0", "1500000000", "0"}}));
    }
    // The row of the same address is found again, and a new one goes on counting.
    _old.exec(call_status("3232235953", "3232235954", 20));
    EXPECT_EQ(_old.value("SELECT GROUP_CONCAT(succ_cnt ORDER BY succ_cnt) FROM ServerCallStatus"),
              "1,3,20");
    _old.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 1, 1)");
    EXPECT_EQ(_old.value("SELECT MAX(id) FROM RouteData"), "3");
}

TEST_F(Upgrade, TheReporterStoresAllAddressesAfterIt)
{
    _old.exec(OLD_TABLES);
    db_client reporter(_old.options());
    ASSERT_TRUE(reporter.connect());
    EXPECT_FALSE(reporter.execute(call_status("3232235953", "3232235954", 1)));
    upgrade_well();
    EXPECT_TRUE(reporter.execute(call_status("3232235953", "3232235954", 1)));
    EXPECT_EQ(_old.value("SELECT ip FROM ServerCallStatus"), "3232235953");
}

TEST_F(Upgrade, WithoutAnyTableItMakesThemAll)
{
    for (int i = 0; i < 2; ++i) {
        upgrade_well();
        expect_todays_tables();
        EXPECT_EQ(_old.query("SELECT * FROM RouteVersion"), (rows{{"1", "0"}}));
    }
}

TEST_F(Upgrade, IsDoneWhateverTheServerBeginsASessionWith)
{
    db_client admin(database_server::shared().admin());
    ASSERT_TRUE(admin.connect());
    _old.exec("CREATE TABLE ServerCallStatus (modid INT NOT NULL, cmdid INT NOT NULL,"
              " ip INT NOT NULL, port INT NOT NULL, caller INT NOT NULL);"
              "INSERT INTO ServerCallStatus VALUES (1, 1, -1, 80, -2)");
    EXPECT_TRUE(admin.execute("SET GLOBAL autocommit = 0, GLOBAL sql_safe_updates = 1"));
    upgrade_well();
    EXPECT_TRUE(admin.execute("SET GLOBAL autocommit = 1, GLOBAL sql_safe_updates = 0"));
    expect_todays_tables();
    EXPECT_EQ(_old.query("SELECT * FROM RouteVersion"), (rows{{"1", "0"}}));
    EXPECT_EQ(_old.query("SELECT ip, caller FROM ServerCallStatus"),
              (rows{{"4294967295", "4294967294"}}));
}

TEST_F(Upgrade, MissingColumnsAndKeysAreAdded)
{
    _old.exec(
        "CREATE TABLE RouteData (modid INT NOT NULL, cmdid INT NOT NULL, serverip INT NOT NULL,"
        " serverport INT NULL);"
        "INSERT INTO RouteData VALUES (-1, 1, -1062731343, 7777), (1, 1, 167772161, 80);"
        "CREATE TABLE ServerCallStatus (modid INT NOT NULL, cmdid INT NOT NULL,"
        " ip INT NOT NULL, port INT NOT NULL, caller INT NOT NULL, succ_cnt INT NOT NULL,"
        " err_cnt INT NOT NULL, ts BIGINT NOT NULL, PRIMARY KEY (modid, cmdid, ip, port));"
        "INSERT INTO ServerCallStatus VALUES (1, 1, -1, 80, -2, 5, 6, 7)");
    upgrade_well();
    expect_todays_tables();
    EXPECT_EQ(_old.query("SELECT modid, serverip FROM RouteData ORDER BY id"),
              (rows{{"4294967295", "3232235953"}, {"1", "167772161"}}));
    EXPECT_EQ(_old.value("SELECT GROUP_CONCAT(weight) FROM RouteData"), "100,100");
    EXPECT_EQ(_old.query("SELECT ip, caller, succ_cnt, overload FROM ServerCallStatus"),
              (rows{{"4294967295", "4294967294", "5", ""}}));
}

// Tables of an earlier version of ours: everything but the weights.
const char *const TABLES_WITHOUT_WEIGHTS =
    "CREATE TABLE RouteData (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,"
    " modid INT UNSIGNED NOT NULL, cmdid INT UNSIGNED NOT NULL, serverip INT UNSIGNED NOT NULL,"
    " serverport INT UNSIGNED NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
const char *const OLD_INSERT =
    "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 2, 3, 4)";

TEST_F(Upgrade, WeightsAreAddedForOldRowsAndForProgramsThatKnowNone)
{
    _old.exec(TABLES_WITHOUT_WEIGHTS);
    _old.exec(OLD_INSERT);
    for (int i = 0; i < 2; ++i) {
        upgrade_well();
        expect_todays_tables();
        _old.exec(OLD_INSERT);
    }
    EXPECT_EQ(_old.value("SELECT GROUP_CONCAT(weight) FROM RouteData"), "100,100,100");
    _old.exec("UPDATE RouteData SET weight = 0 WHERE id = 2");
    upgrade_well();
    EXPECT_EQ(_old.value("SELECT GROUP_CONCAT(weight ORDER BY id) FROM RouteData"), "100,0,100");
    EXPECT_EQ(_old.value("SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE"
                         " TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'RouteData'"
                         " ORDER BY ORDINAL_POSITION DESC LIMIT 1"),
              "weight");
}

TEST_F(Upgrade, TheTablesOfTheConsoleAreMadeWholeAndKeepTheirRows)
{
    _old.load(source_path("base/sql/schema.sql"));
    _old.exec("INSERT INTO RouteAudit VALUES (7, 5, 'ann', 4294967295, 2, 'add', '', 'a', 'why');"
              "INSERT INTO CallHistory VALUES (9, -1, 2, 10, 3);"
              "ALTER TABLE RouteAudit DROP INDEX modid, MODIFY who VARCHAR(10) NULL,"
              " MODIFY note VARCHAR(255) CHARACTER SET latin1 NOT NULL, DROP COLUMN after_hosts;"
              "ALTER TABLE CallHistory DROP INDEX ts, MODIFY calls INT NOT NULL,"
              " DROP PRIMARY KEY");
    for (int i = 0; i < 2; ++i) {
        upgrade_well();
        expect_todays_tables();
        EXPECT_EQ(_old.query("SELECT * FROM RouteAudit"),
                  (rows{{"7", "5", "ann", "4294967295", "2", "add", "", "", "why"}}));
        EXPECT_EQ(_old.query("SELECT * FROM CallHistory"), (rows{{"9", "-1", "2", "10", "3"}}));
    }
}

// A program may read the columns by their places.
TEST_F(Upgrade, ANewColumnStandsBehindThoseOfOthers)
{
    _old.exec(TABLES_WITHOUT_WEIGHTS);
    _old.exec("ALTER TABLE RouteData ADD COLUMN owner VARCHAR(20) NOT NULL DEFAULT 'us'");
    _old.exec(OLD_INSERT);
    upgrade_well();
    EXPECT_EQ(_old.query("SELECT * FROM RouteData"),
              (rows{{"1", "1", "2", "3", "4", "us", "100"}}));
}

TEST_F(Upgrade, WeightsOfAnotherShapeAreMendedAndWhatDoesNotFitIsNamed)
{
    _old.load(source_path("base/sql/schema.sql"));
    for (const char *shape : {"INT NULL", "INT NOT NULL DEFAULT 7", "INT UNSIGNED NOT NULL",
                              "BIGINT NOT NULL DEFAULT 100"}) {
        _old.exec("ALTER TABLE RouteData MODIFY weight " + std::string(shape) +
                  "; DELETE FROM RouteData; INSERT INTO RouteData VALUES (1, 1, 1, 1, 1, 50)");
        upgrade_well();
        expect_todays_tables();
        EXPECT_EQ(_old.value("SELECT weight FROM RouteData"), "50") << shape;
    }
    _old.exec("ALTER TABLE RouteData MODIFY weight INT NOT NULL DEFAULT 100;"
              "UPDATE RouteData SET weight = -1");
    const run_result result = upgrade();
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("weight"), std::string::npos) << result.output;
    EXPECT_EQ(_old.value("SELECT weight FROM RouteData"), "-1");
}

TEST_F(Upgrade, TheIndexOfRouteDataIsAddedUnlessOneServes)
{
    const auto indexes = [this] {
        return _old.value("SELECT GROUP_CONCAT(INDEX_NAME, ' ', COLUMN_NAME ORDER BY INDEX_NAME,"
                          " SEQ_IN_INDEX) FROM information_schema.STATISTICS WHERE"
                          " TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'RouteData'");
    };
    _old.exec(TABLES_WITHOUT_WEIGHTS);
    _old.exec("ALTER TABLE RouteData ADD INDEX ours (modid, cmdid, serverip)");
    upgrade_well();
    EXPECT_EQ(indexes(), "ours modid,ours cmdid,ours serverip,PRIMARY id");
    // The name is taken, and the order is not that.
    _old.exec("ALTER TABLE RouteData DROP INDEX ours, ADD INDEX modid (cmdid, modid)");
    for (int i = 0; i < 2; ++i) {
        upgrade_well();
        EXPECT_EQ(indexes(), "modid cmdid,modid modid,modid_2 modid,modid_2 cmdid,PRIMARY id");
    }
}

TEST_F(Upgrade, TodaysTablesAreNotTouchedNorWhatOthersAdded)
{
    _old.load(source_path("base/sql/schema.sql"));
    _old.load(source_path("base/sql/sample.sql"));
    _old.exec("ALTER TABLE RouteData ADD COLUMN owner VARCHAR(20) NOT NULL DEFAULT 'us';"
              "ALTER TABLE RouteData ADD INDEX by_owner (owner)");
    const std::string before = shape(_old, "RouteData");
    const std::string version = _old.value("SELECT version FROM RouteVersion");
    const std::string altered = "SELECT variable_value FROM information_schema.global_status"
                                " WHERE variable_name = 'Com_alter_table'";
    const std::string count = _old.value(altered);
    upgrade_well();
    _old.load(source_path("base/sql/upgrade.sql"));
    EXPECT_EQ(_old.value(altered), count);
    EXPECT_EQ(shape(_old, "RouteData"), before);
    EXPECT_EQ(_old.value("SELECT COUNT(*) FROM RouteData"), "4");
    EXPECT_EQ(_old.value("SELECT version FROM RouteVersion"), version);
}

TEST_F(Upgrade, AnInterruptedOneIsFinished)
{
    _old.exec(OLD_TABLES);
    _old.exec(call_status("-1062731343", "167772162", 1));
    _old.exec(call_status("-1062731342", "167772162", 2));
    // As its first step leaves the table, and the reporter then stores its next sums.
    _old.exec("ALTER TABLE ServerCallStatus MODIFY ip BIGINT NOT NULL, MODIFY port BIGINT NOT NULL,"
              " MODIFY caller BIGINT NOT NULL");
    _old.exec(call_status("3232235953", "167772162", 10));
    upgrade_well();
    expect_todays_tables();
    EXPECT_EQ(_old.query("SELECT ip, succ_cnt FROM ServerCallStatus ORDER BY ip"),
              (rows{{"3232235953", "10"}, {"3232235954", "2"}}));
}

TEST_F(Upgrade, WhatDoesNotFitIsNamedAndKept)
{
    _old.exec(OLD_TABLES);
    _old.exec("ALTER TABLE ServerCallStatus MODIFY overload VARCHAR(10) NOT NULL");
    _old.exec(call_status("-1", "1", 1));
    _old.exec("UPDATE ServerCallStatus SET overload = 'yes, it is'");
    const run_result result = upgrade();
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("overload"), std::string::npos) << result.output;
    EXPECT_EQ(_old.query("SELECT ip, overload FROM ServerCallStatus"),
              (rows{{"4294967295", "yes, it is"}}));
    _old.exec("UPDATE ServerCallStatus SET overload = '1'");
    upgrade_well();
    expect_todays_tables();
}

TEST_F(Upgrade, ProgramsGoOnWritingMeanwhile)
{
    _old.exec(OLD_TABLES);
    std::atomic<bool> stop{false};
    std::atomic<int> stored{0};
    std::thread reporter([&] {
        db_client client(_old.options());
        EXPECT_TRUE(client.connect());
        for (int ip = 1; !stop; ++ip) {
            const status s = client.execute(call_status(std::to_string(ip), "167772162", 1));
            EXPECT_TRUE(s) << s.message();
            ++stored;
        }
    });
    while (stored < 100)
        std::this_thread::yield();
    upgrade_well();
    const int after = stored;
    while (stored < after + 10)
        std::this_thread::yield();
    stop = true;
    reporter.join();
    EXPECT_EQ(_old.value("SELECT COUNT(*) FROM ServerCallStatus"), std::to_string(stored));
    expect_todays_tables();
}

}  // namespace
}  // namespace lars
