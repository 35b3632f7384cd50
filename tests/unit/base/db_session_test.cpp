// A connection to a server that begins every session otherwise than usual.
#include <gtest/gtest.h>

#include "database.h"

namespace lars {
namespace {

using test::database;
using test::database_server;

class DbSession : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(_admin.connect()); }
    void TearDown() override { set("1", "0", "DEFAULT"); }

    // What sessions begin with from now on.
    void set(const std::string &autocommit, const std::string &completion, const std::string &limit)
    {
        const status done = _admin.execute("SET GLOBAL autocommit = " + autocommit +
                                           ", GLOBAL completion_type = " + completion +
                                           ", GLOBAL sql_select_limit = " + limit);
        ASSERT_TRUE(done) << done.message();
    }
    size_t rows_in_a_transaction(db_client &client)
    {
        size_t rows = 0;
        const auto count = [&rows](const db_row &) {
            ++rows;
            return status();
        };
        const status read = client.read_transaction(
            [&] { return client.query("SELECT modid FROM ModIDConfig", count); });
        EXPECT_TRUE(read) << read.message();
        return rows;
    }

    database _database;
    db_client _admin{database_server::shared().admin()};
};

TEST_F(DbSession, WhatIsDoneIsCommittedAndAnswersAreWhole)
{
    for (const char *completion : {"1", "2"}) {  // CHAIN, RELEASE
        SCOPED_TRACE(completion);
        _database.exec("DELETE FROM ModIDConfig");
        db_client client(_database.options());
        set("0", completion, "2");
        const status connected = client.connect();
        set("1", "0", "DEFAULT");
        ASSERT_TRUE(connected) << connected.message();
        ASSERT_TRUE(client.execute("INSERT INTO ModIDConfig (modid, content) VALUES (1, 'a'),"
                                   " (2, 'b'), (3, 'c')"));
        EXPECT_EQ(_database.value("SELECT COUNT(*) FROM ModIDConfig"), "3");
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(rows_in_a_transaction(client), 3u) << i;
    }
}

TEST_F(DbSession, WhatWaitsForALockIsGivenUpByTheServerFirst)
{
    _database.exec("INSERT INTO ModIDConfig (modid, content) VALUES (1, 'a')");
    db_options options = _database.options();
    options.read_timeout = std::chrono::seconds(2);
    db_client client(options), other(_database.options());
    ASSERT_TRUE(client.connect() && other.connect());
    const auto nothing = [](const db_row &) { return status(); };
    const std::string waiting = "SELECT COUNT(*) FROM information_schema.processlist"
                                " WHERE db = DATABASE() AND info LIKE '%ModIDConfig%'"
                                " AND id <> CONNECTION_ID()";

    ASSERT_TRUE(other.execute("START TRANSACTION"));
    ASSERT_TRUE(other.execute("UPDATE ModIDConfig SET content = 'b'"));
    const status a_row = client.execute("UPDATE ModIDConfig SET content = 'c'");
    EXPECT_EQ(a_row.kind(), status_kind::conflict) << a_row.message();
    EXPECT_EQ(_database.value(waiting), "0");
    ASSERT_TRUE(other.execute("ROLLBACK"));

    ASSERT_TRUE(_admin.execute("LOCK TABLES " + _database.name() + ".ModIDConfig WRITE"));
    const status a_table = client.query("SELECT * FROM ModIDConfig", nothing);
    EXPECT_EQ(a_table.kind(), status_kind::conflict) << a_table.message();
    ASSERT_TRUE(_admin.execute("UNLOCK TABLES"));
    EXPECT_TRUE(client.query("SELECT * FROM ModIDConfig", nothing));
}

}  // namespace
}  // namespace lars
