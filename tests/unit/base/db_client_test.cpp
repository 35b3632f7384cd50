#include "db_client.h"

#include <gtest/gtest.h>

#include <thread>

#include "database.h"
#include "free_port.h"
#include "wait_until.h"

namespace lars {
namespace {

using test::database;
using test::database_server;

class DbClient : public testing::Test {
protected:
    void SetUp() override { connect(_client); }

    static void connect(db_client &client)
    {
        const status s = client.connect();
        ASSERT_TRUE(s) << s.message();
    }

    int64_t count(const std::string &table)
    {
        return std::stoll(_database.value("SELECT COUNT(*) FROM " + table));
    }

    database _database;
    db_client _client{_database.options()};
};

const char *insert_one = "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)";

TEST_F(DbClient, ExecuteTellsHowManyRowsChanged)
{
    uint64_t affected = 99;
    ASSERT_TRUE(_client.execute("UPDATE RouteVersion SET version = 7", &affected));
    EXPECT_EQ(affected, 1u);
    ASSERT_TRUE(_client.execute("UPDATE RouteVersion SET version = 7", &affected));
    EXPECT_EQ(affected, 0u);
    // Rows that it does not want do not disturb the next statement.
    ASSERT_TRUE(_client.execute("SELECT 1 UNION SELECT 2", &affected));
    EXPECT_EQ(affected, 0u);
    EXPECT_TRUE(_client.execute("SELECT 3"));
}

TEST_F(DbClient, RowsHaveNullsZerosAndEveryCharacter)
{
    int rows = 0;
    const status s = _client.query("SELECT NULL AS n, '', 'a\\0b', '\xf0\x9f\x98\x80' AS smile",
                                   [&rows](const db_row &row) {
                                       ++rows;
                                       EXPECT_EQ(row.size(), 4u);
                                       EXPECT_EQ(row[0], std::nullopt);
                                       EXPECT_EQ(row[1], "");
                                       EXPECT_EQ(row[2], std::string_view("a\0b", 3));
                                       EXPECT_EQ(row[3], "\xf0\x9f\x98\x80");
                                       return status();
                                   });
    EXPECT_TRUE(s) << s.message();
    EXPECT_EQ(rows, 1);
    EXPECT_EQ(
        _database.value("SELECT LENGTH('\xf0\x9f\x98\x80') + CHAR_LENGTH('\xf0\x9f\x98\x80')"),
        "5");
}

TEST_F(DbClient, EscapedTextComesBackAsItWas)
{
    std::string text;
    for (int c = 0; c < 128; ++c)
        text += static_cast<char>(c);
    std::string found;
    ASSERT_TRUE(_client.query("SELECT '" + _client.escape(text) + "'", [&found](const db_row &row) {
        found = std::string(row[0].value_or(""));
        return status();
    }));
    EXPECT_EQ(found, text);
    _client.close();
    EXPECT_EQ(_client.escape("text"), "");
}

TEST_F(DbClient, TheCallbacksErrorEndsTheQueryAndComesBack)
{
    int rows = 0;
    const status s = _client.query("SELECT 1 UNION SELECT 2", [&rows](const db_row &) {
        ++rows;
        return status::error("enough");
    });
    EXPECT_EQ(s.message(), "enough");
    EXPECT_EQ(rows, 1);
    EXPECT_EQ(s.kind(), status_kind::failed) << "as the callback has it";
    EXPECT_EQ(_client.execute("SELECT 1").kind(), status_kind::ok);
}

TEST_F(DbClient, TheCallbackMayUseTheClient)
{
    const status s = _client.query("SELECT 1 UNION SELECT 2",
                                   [this](const db_row &) { return _client.execute(insert_one); });
    EXPECT_TRUE(s) << s.message();
    EXPECT_EQ(count("RouteChange"), 2);
}

TEST_F(DbClient, AWrongStatementIsAnErrorAndTheConnectionStays)
{
    const status s = _client.execute("SELEKT 1");
    EXPECT_FALSE(s);
    EXPECT_NE(s.message().find("SELEKT"), std::string::npos) << s.message();
    EXPECT_EQ(s.kind(), status_kind::rejected);
    EXPECT_TRUE(_client.connected());

    const auto no_row = [](const db_row &) { return status(); };
    EXPECT_EQ(_client.query(insert_one, no_row).kind(), status_kind::rejected);
    EXPECT_TRUE(_client.query("SELECT 1", no_row));
}

TEST_F(DbClient, SeveralStatementsInOneAreRefused)
{
    EXPECT_FALSE(_client.execute("SELECT 1; DELETE FROM RouteVersion"));
    EXPECT_EQ(count("RouteVersion"), 1);
}

TEST_F(DbClient, AMissingTableOrColumnIsAMissingSchema)
{
    EXPECT_EQ(_client.execute("SELECT * FROM nothing_here").kind(), status_kind::missing);
    EXPECT_EQ(_client.execute("SELECT colour FROM RouteData").kind(), status_kind::missing);
}

TEST_F(DbClient, AnErrorsKindSaysWhatCanBeDone)
{
    const std::vector<std::pair<status_kind, std::vector<unsigned>>> known = {
        {status_kind::unavailable, {1792, 1290, 1836, 1226, 1203, 1047, 1053, 1114}},
        {status_kind::denied, {1142, 1227, 3159}},
        {status_kind::missing, {1146, 1054, 1932}},
        {status_kind::conflict, {1205, 1213, 1969, 3024, 1317}},
        {status_kind::bad_data, {1048, 1264, 1366, 1406, 1062, 1452, 4025, 3819, 1526, 1644, 1153}},
        {status_kind::rejected, {1064, 1305}},
        // Those that nobody has listed.
        {status_kind::failed, {1030, 1105, 1364, 4999}}};
    for (const auto &[kind, codes] : known) {
        for (unsigned code : codes) {
            if (!_client.connected())
                connect(_client);
            const status s = _client.execute("BEGIN NOT ATOMIC SIGNAL SQLSTATE '45000' SET"
                                             " MYSQL_ERRNO = " +
                                             std::to_string(code) + "; END");
            EXPECT_EQ(to_string(s.kind()), std::string(to_string(kind))) << s.message();
            EXPECT_NE(s.message().find("(" + std::to_string(code) + ")"), std::string::npos)
                << s.message();
        }
    }
}

TEST_F(DbClient, AWrongPasswordUserOrDatabaseIsRefused)
{
    db_options wrong_password = _database.options();
    wrong_password.password = "wrong";
    db_options wrong_user = _database.options();
    wrong_user.user = "nobody";
    db_options wrong_database = _database.options();
    wrong_database.database = "nothing_here";
    for (const db_options &wrong : {wrong_password, wrong_user, wrong_database}) {
        db_client client(wrong);
        const status s = client.connect();
        EXPECT_FALSE(s);
        EXPECT_EQ(s.kind(), status_kind::denied) << s.message();
        EXPECT_NE(s.message().find(wrong.describe()), std::string::npos) << s.message();
        EXPECT_FALSE(client.connected());
    }
}

TEST_F(DbClient, WithoutAServerItIsUnavailable)
{
    db_options nowhere = _database.options();
    nowhere.port = test::free_port();
    db_options no_socket = nowhere;
    no_socket.socket = "/tmp/no such socket";
    db_options no_host = nowhere;
    no_host.host = "no-such-host.invalid";
    for (const db_options &wrong : {nowhere, no_socket, no_host}) {
        db_client client(wrong);
        EXPECT_EQ(client.connect().kind(), status_kind::unavailable);
        EXPECT_EQ(client.execute("SELECT 1").kind(), status_kind::unavailable);
    }
}

TEST_F(DbClient, TheSocketIsUsedWhereOneIsNamed)
{
    db_options local = database_server::shared().admin();
    local.host = "no-such-host.invalid";
    db_client client(local);
    const status s = client.connect();
    EXPECT_TRUE(s) << s.message();
}

TEST_F(DbClient, LocalhostMeansTheGivenPort)
{
    db_options wrong_port = _database.options();
    wrong_port.host = "localhost";
    wrong_port.port = test::free_port();
    db_client client(wrong_port);
    EXPECT_EQ(client.connect().kind(), status_kind::unavailable);
}

TEST_F(DbClient, ATransactionIsCommittedOrUndone)
{
    EXPECT_TRUE(_client.transaction([this] { return _client.execute(insert_one); }));
    EXPECT_EQ(count("RouteChange"), 1);

    const status own = _client.transaction([this] {
        EXPECT_TRUE(_client.execute(insert_one));
        return status::error("changed my mind");
    });
    EXPECT_EQ(own.message(), "changed my mind");
    EXPECT_EQ(own.kind(), status_kind::failed);

    const status missing = _client.transaction([this] {
        EXPECT_TRUE(_client.execute(insert_one));
        return _client.execute("SELECT * FROM nothing_here");
    });
    EXPECT_EQ(missing.kind(), status_kind::missing);
    EXPECT_EQ(count("RouteChange"), 1);
    EXPECT_TRUE(_client.connected());
}

TEST_F(DbClient, AReadTransactionSeesOneStateAndMayNotWrite)
{
    const auto changes = [this] {
        int64_t found = -1;
        EXPECT_TRUE(_client.query("SELECT COUNT(*) FROM RouteChange",
                                  [&](const db_row &row) { return row.get_signed(0, &found); }));
        return found;
    };
    ASSERT_TRUE(_client.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"));
    EXPECT_TRUE(_client.read_transaction([&] {
        _database.exec(insert_one);
        EXPECT_EQ(changes(), 0);
        EXPECT_FALSE(_client.execute(insert_one));
        return status();
    }));
    EXPECT_EQ(changes(), 1);
}

TEST_F(DbClient, ALockTimeOutIsAConflict)
{
    db_client other(_database.options());
    connect(other);
    ASSERT_TRUE(_client.execute("SET SESSION innodb_lock_wait_timeout = 1"));
    EXPECT_TRUE(other.transaction([&] {
        EXPECT_TRUE(other.execute("UPDATE RouteVersion SET version = 1"));
        EXPECT_EQ(_client.execute("UPDATE RouteVersion SET version = 2").kind(),
                  status_kind::conflict);
        return status();
    }));
    EXPECT_TRUE(_client.connected());
}

TEST_F(DbClient, AKilledConnectionIsLostAndCanBeMadeAnew)
{
    uint64_t id = 0;
    ASSERT_TRUE(_client.query("SELECT CONNECTION_ID()",
                              [&id](const db_row &row) { return row.get_unsigned(0, &id); }));
    const status lost = _client.transaction([this, id] {
        EXPECT_TRUE(_client.execute(insert_one));
        db_client admin(database_server::shared().admin());
        EXPECT_TRUE(admin.connect());
        EXPECT_TRUE(admin.execute("KILL " + std::to_string(id)));
        return _client.execute(insert_one);
    });
    EXPECT_FALSE(lost);
    EXPECT_EQ(lost.kind(), status_kind::unavailable) << lost.message();
    EXPECT_FALSE(_client.connected());

    connect(_client);
    EXPECT_TRUE(_client.execute("SELECT 1"));
    EXPECT_EQ(count("RouteChange"), 0);
}

TEST_F(DbClient, AStatementTooLongForTheServerIsNotAReasonToTryAgain)
{
    const status s = _client.execute("SELECT '" + std::string(20 << 20, 'x') + "'");
    EXPECT_FALSE(s);
    EXPECT_FALSE(_client.connected());
    connect(_client);
}

TEST_F(DbClient, ClientsInManyThreadsDoNotMeet)
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([this] {
            db_client client(_database.options());
            ASSERT_TRUE(client.connect());
            for (int n = 0; n < 20; ++n)
                EXPECT_TRUE(client.execute(insert_one));
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(count("RouteChange"), 160);
}

const char *running_sleeps = "SELECT COUNT(*) FROM information_schema.processlist"
                             " WHERE db = DATABASE() AND info = 'SELECT SLEEP(60)'";

TEST_F(DbClient, AnInterruptedStatementFailsAtOnceAndSoDoWhatComesLater)
{
    const auto start = std::chrono::steady_clock::now();
    status running;
    std::thread owner([this, &running] { running = _client.execute("SELECT SLEEP(60)"); });
    EXPECT_TRUE(test::wait_until([&] { return _database.value(running_sleeps) == "1"; }));
    _client.interrupt();
    owner.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));

    EXPECT_EQ(running.kind(), status_kind::unavailable) << running.message();
    EXPECT_FALSE(_client.connected());
    EXPECT_EQ(_client.execute("SELECT 1").kind(), status_kind::unavailable);
    EXPECT_EQ(_client.connect().kind(), status_kind::unavailable);
    EXPECT_FALSE(_client.connected());
}

TEST_F(DbClient, ATransactionIsInterruptedBetweenItsStatementsToo)
{
    const status interrupted = _client.transaction([this] {
        const status inserted = _client.execute(insert_one);
        _client.interrupt();
        return inserted;
    });
    EXPECT_EQ(interrupted.kind(), status_kind::unavailable) << interrupted.message();
    EXPECT_EQ(count("RouteChange"), 0);
}

TEST(DbClientAlone, AServerThatComesBackIsUsedAgain)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database database(server);
    db_client client(database.options());
    ASSERT_TRUE(client.connect());

    server.kill();
    EXPECT_EQ(client.execute("SELECT 1").kind(), status_kind::unavailable);
    EXPECT_FALSE(client.connected());
    EXPECT_EQ(client.connect().kind(), status_kind::unavailable);

    const status back = server.start();
    ASSERT_TRUE(back) << back.message();
    EXPECT_TRUE(client.connect());
    EXPECT_TRUE(client.execute("SELECT * FROM RouteVersion"));

    ASSERT_TRUE(server.stop());
    EXPECT_EQ(client.execute("SELECT 1").kind(), status_kind::unavailable);
}

TEST(DbClientAlone, AnInterruptDoesNotWaitForAServerThatSaysNothing)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database database(server);
    db_options options = database.options();
    options.read_timeout = std::chrono::seconds(60);
    db_client client(options);
    ASSERT_TRUE(client.connect());
    db_client connecting(options);

    status asked;
    std::thread owner([&] { asked = client.execute("SELECT SLEEP(60)"); });
    EXPECT_TRUE(test::wait_until([&] { return database.value(running_sleeps) == "1"; }));
    server.pause();
    const auto start = std::chrono::steady_clock::now();
    std::thread other_owner([&] { EXPECT_FALSE(connecting.connect()); });
    client.interrupt();
    connecting.interrupt();
    owner.join();
    EXPECT_EQ(asked.kind(), status_kind::unavailable) << asked.message();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    other_owner.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start,
              options.connect_timeout + std::chrono::seconds(1));
    server.resume();
}

TEST(DbClientAlone, AServerThatSaysNothingIsGivenUp)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database database(server);
    db_options options = database.options();
    options.connect_timeout = options.read_timeout = std::chrono::seconds(1);
    db_client open(options);
    ASSERT_TRUE(open.connect());

    server.pause();
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(open.execute("SELECT 1").kind(), status_kind::unavailable);
    db_client fresh(options);
    EXPECT_EQ(fresh.connect().kind(), status_kind::unavailable);
    // One second each, three where the library tries three times.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(7));

    server.resume();
    EXPECT_TRUE(fresh.connect());
}

}  // namespace
}  // namespace lars
