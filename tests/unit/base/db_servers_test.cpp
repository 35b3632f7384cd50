// Several database servers, tried in turn.
#include <gtest/gtest.h>

#include "database.h"
#include "db_client.h"
#include "free_port.h"
#include "name_server.h"

namespace lars {
namespace {

using std::chrono::seconds;

// Two servers, both with the database of the test and its user.
class DbServers : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        for (auto &server : servers()) {
            const status s = server.start();
            ASSERT_TRUE(s) << s.message();
        }
    }
    static std::vector<test::database_server> &servers()
    {
        static auto *both = new std::vector<test::database_server>(2);
        return *both;
    }
    static void TearDownTestSuite() { servers().clear(); }

    void SetUp() override
    {
        for (auto &server : servers()) {
            db_client admin(server.admin());
            ASSERT_TRUE(admin.connect());
            for (const char *statement :
                 {"SET GLOBAL read_only = 0", "CREATE OR REPLACE DATABASE twins",
                  "CREATE TABLE twins.t (i INT)",
                  "CREATE OR REPLACE USER twin@'127.0.0.1' IDENTIFIED BY 'p'",
                  "GRANT ALL ON twins.* TO twin@'127.0.0.1'"})
                ASSERT_TRUE(admin.execute(statement)) << statement;
        }
        _options.user = "twin";
        _options.password = "p";
        _options.database = "twins";
        for (auto &server : servers())
            _options.servers.emplace_back("127.0.0.1", server.port());
    }
    static void set_read_only(size_t index, bool now)
    {
        db_client admin(servers()[index].admin());
        ASSERT_TRUE(admin.connect());
        ASSERT_TRUE(admin.execute("SET GLOBAL read_only = " + std::to_string(now)));
    }
    // The index of the server that CLIENT is connected to, as the server itself says.
    static int connected_to(db_client &client)
    {
        uint64_t port = 0;
        const status s = client.query(
            "SELECT @@port", [&port](const db_row &row) { return row.get_unsigned(0, &port); });
        EXPECT_TRUE(s) << s.message();
        EXPECT_EQ(client.options().port, port);
        return port == servers()[0].port() ? 0 : 1;
    }

    db_options _options;
};

TEST_F(DbServers, TheFirstThatAnswersIsTakenAndKept)
{
    const uint16_t nobody = test::free_port();
    _options.servers.insert(_options.servers.begin(), server_address("127.0.0.1", nobody));
    db_client client(_options);
    for (int i = 0; i < 3; ++i) {
        const status s = client.connect();
        ASSERT_TRUE(s) << s.message();
        EXPECT_EQ(connected_to(client), 0);
    }
}

TEST_F(DbServers, WhereOneDiesTheNextIsConnectedToAndKept)
{
    db_client client(_options);
    ASSERT_TRUE(client.connect());
    ASSERT_EQ(connected_to(client), 0);
    servers()[0].kill();
    EXPECT_EQ(client.execute("DO 1").kind(), status_kind::unavailable);
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(connected_to(client), 1);
    ASSERT_TRUE(servers()[0].start());
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(connected_to(client), 1) << "it has worked, so there is no reason to leave it";
}

TEST_F(DbServers, OneThatRefusesIsLeftForTheNextAndTheMessageHasBoth)
{
    db_client admin(servers()[0].admin());
    ASSERT_TRUE(admin.connect());
    ASSERT_TRUE(admin.execute("ALTER USER twin@'127.0.0.1' IDENTIFIED BY 'other'"));
    db_client client(_options);
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(connected_to(client), 1);

    const uint16_t nobody = test::free_port();
    _options.servers[1].port = nobody;
    db_client refused(_options);
    const status s = refused.connect();
    EXPECT_EQ(s.kind(), status_kind::denied) << "whoever has answered tells more";
    EXPECT_EQ(refused.last_step(), db_client::step::answered);
    for (const std::string &address :
         {_options.servers[0].to_string(), _options.servers[1].to_string()})
        EXPECT_NE(s.message().find("twin@" + address + "/twins"), std::string::npos) << s.message();
}

TEST_F(DbServers, WhoWritesPassesOverOneThatIsReadOnlyAndWhoReadsDoesNot)
{
    set_read_only(0, true);
    db_client reader(_options);
    ASSERT_TRUE(reader.connect());
    EXPECT_EQ(connected_to(reader), 0);
    _options.writes = true;
    db_client writer(_options);
    ASSERT_TRUE(writer.connect());
    EXPECT_EQ(connected_to(writer), 1);
    EXPECT_TRUE(writer.execute("INSERT INTO t VALUES (1)"));

    set_read_only(1, true);
    const status refused = writer.execute("INSERT INTO t VALUES (1)");
    EXPECT_EQ(refused.kind(), status_kind::unavailable);
    EXPECT_FALSE(writer.connected());
    const status s = writer.connect();
    EXPECT_EQ(s.kind(), status_kind::unavailable);
    EXPECT_NE(s.message().find("the server is read-only"), std::string::npos) << s.message();
    set_read_only(0, false);
    ASSERT_TRUE(writer.connect());
    EXPECT_EQ(connected_to(writer), 0);
}

TEST_F(DbServers, OneThatSaysThatItIsReadOnlyIsLeftForTheNext)
{
    db_client client(_options);
    ASSERT_TRUE(client.connect());
    set_read_only(0, true);
    EXPECT_EQ(client.execute("INSERT INTO t VALUES (1)").kind(), status_kind::unavailable);
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(connected_to(client), 1);
}

TEST_F(DbServers, OneAloneThatIsReadOnlyIsConnectedToAllTheSame)
{
    set_read_only(0, true);
    _options.servers.pop_back();
    _options.writes = true;
    db_client client(_options);
    EXPECT_TRUE(client.connect());
}

TEST_F(DbServers, NoneThatSaysNothingTakesAllTheTime)
{
    _options.connect_timeout = seconds(2);
    servers()[0].pause();
    db_client client(_options);
    const auto before = std::chrono::steady_clock::now();
    const status s = client.connect();
    servers()[0].resume();
    ASSERT_TRUE(s) << s.message();
    EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(3));
    EXPECT_EQ(connected_to(client), 1);
}

TEST_F(DbServers, AServerMayBeANameAndHaveAddressesWhereNobodyIs)
{
    test::name_server names;
    names.set("db.test", {"127.0.0.3", "127.0.0.1"});
    names.set("gone.test", {});
    _options.servers = {{"gone.test", servers()[0].port()}, {"db.test", servers()[1].port()}};
    db_client client(_options);
    const status s = client.connect();
    ASSERT_TRUE(s) << s.message();
    EXPECT_EQ(connected_to(client), 1);
    EXPECT_EQ(client.options().describe(),
              "twin@db.test:" + std::to_string(servers()[1].port()) + "/twins");
}

}  // namespace
}  // namespace lars
