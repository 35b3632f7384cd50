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

}  // namespace
}  // namespace lars
