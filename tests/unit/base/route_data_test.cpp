// Rows of RouteData, ours and what others have put there.
#include "route_data.h"

#include <gtest/gtest.h>

#include "database.h"
#include "paths.h"

namespace lars {
namespace {

class RouteData : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(_client.connect()); }

    // "ID: modid,cmdid ip:port", "ID: what is wrong" for those that cannot be read.
    std::vector<std::string> read(const std::string &rest = " ORDER BY id")
    {
        std::vector<std::string> rows;
        const status s = read_route_data(&_client, rest, [&rows](const stored_route &row) {
            const route_row route = row.as_row();
            rows.push_back(row.id + ": " +
                           (row.readable ? std::to_string(route.module.modid) + "," +
                                               std::to_string(route.module.cmdid) + " " +
                                               route.host.to_string()
                                         : row.readable.message()));
            return status();
        });
        EXPECT_TRUE(s) << s.message();
        return rows;
    }

    test::database _database;
    db_client _client{_database.options()};
};

TEST_F(RouteData, WhatIsInsertedIsReadAgain)
{
    ASSERT_TRUE(insert_route_data(&_client, {{-1, 2}, {{{0xffffffff, 65535}}, {{1, 80}}}}));
    ASSERT_TRUE(insert_route_data(&_client, {{1, 1}, {{{1, 80}}}}));
    EXPECT_EQ(read(), (std::vector<std::string>{"1: -1,2 255.255.255.255:65535",
                                                "2: -1,2 0.0.0.1:80", "3: 1,1 0.0.0.1:80"}));
    EXPECT_EQ(read(" WHERE " + condition_of({-1, 2})).size(), 2u);
    EXPECT_EQ(read(" WHERE " + condition_of({2, 2})).size(), 0u);
}

TEST_F(RouteData, WhatCannotBeReadIsNamedAndTheRestIsRead)
{
    _database.exec("ALTER TABLE RouteData MODIFY serverip INT UNSIGNED NULL;"
                   "INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
                   " VALUES (1, 1, NULL, 80), (1, 1, 1, 65536), (1, 1, 0, 0)");
    const auto rows = read();
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].find("1: column serverip holds NULL"), 0u) << rows[0];
    EXPECT_EQ(rows[1].find("2: column serverport holds \"65536\""), 0u) << rows[1];
    EXPECT_EQ(rows[2], "3: 1,1 0.0.0.0:0");
    uint64_t port = 0;
    const status s = read_route_data(&_client, " WHERE id = 2", [&port](const stored_route &row) {
        port = row.port;
        return row.port_is_none() ? status::error("none") : status();
    });
    EXPECT_EQ(s.message(), "none") << "its error comes back";
    EXPECT_EQ(port, 65536u);
}

TEST_F(RouteData, WeightsAreInsertedReadAndChanged)
{
    const module_id module{1, 1};
    ASSERT_TRUE(insert_route_data(&_client, {module, {{{1, 80}, 7}, {{2, 80}}, {{3, 80}, 0}}}));
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
                   " VALUES (1, 1, 1, 80), (1, 2, 1, 80)");
    EXPECT_EQ(read(), (std::vector<std::string>{"1: 1,1 0.0.0.1:80@7", "2: 1,1 0.0.0.2:80",
                                                "3: 1,1 0.0.0.3:80@0", "4: 1,1 0.0.0.1:80",
                                                "5: 1,2 0.0.0.1:80"}));
    ASSERT_TRUE(set_route_weight(&_client, module, {{1, 80}, UINT32_MAX}));
    EXPECT_EQ(read(" ORDER BY weight DESC, id"),
              (std::vector<std::string>{"1: 1,1 0.0.0.1:80@4294967295",
                                        "4: 1,1 0.0.0.1:80@4294967295", "2: 1,1 0.0.0.2:80",
                                        "5: 1,2 0.0.0.1:80", "3: 1,1 0.0.0.3:80@0"}));
}

TEST_F(RouteData, WithoutTheColumnEveryWeightIs100AndNoOtherCanBeSet)
{
    _database.exec("ALTER TABLE RouteData DROP COLUMN weight");
    const module_id module{1, 1};
    ASSERT_TRUE(insert_route_data(&_client, {module, {{{1, 80}}, {{2, 80}}}}));
    const std::vector<std::string> rows = {"1: 1,1 0.0.0.1:80", "2: 1,1 0.0.0.2:80"};
    EXPECT_EQ(read(), rows);
    EXPECT_EQ(read(" WHERE " + condition_of(module) + " ORDER BY weight, id"), rows);
    for (const status &s : {insert_route_data(&_client, {module, {{{3, 80}}, {{4, 80}, 7}}}),
                            set_route_weight(&_client, module, {{1, 80}, 0})}) {
        EXPECT_EQ(s.kind(), status_kind::rejected);
        EXPECT_NE(s.message().find("base/sql/upgrade.sql"), std::string::npos) << s.message();
    }
    EXPECT_EQ(read(), rows);
    // An upgrade is seen by the next read, also within one connection.
    _database.load(test::source_path("base/sql/upgrade.sql"));
    ASSERT_TRUE(set_route_weight(&_client, module, {{1, 80}, 0}));
    EXPECT_EQ(read(), (std::vector<std::string>{"1: 1,1 0.0.0.1:80@0", "2: 1,1 0.0.0.2:80"}));
}

TEST_F(RouteData, AWeightThatIsNoneIsNamed)
{
    _database.exec("ALTER TABLE RouteData MODIFY weight BIGINT NULL;"
                   "INSERT INTO RouteData (modid, cmdid, serverip, serverport, weight)"
                   " VALUES (1, 1, 1, 80, -1), (1, 1, 2, 80, 4294967296), (1, 1, 3, 80, NULL)");
    for (const std::string &row : read())
        EXPECT_NE(row.find(": column weight holds "), std::string::npos) << row;
    EXPECT_EQ(read().size(), 3u);
}

// Else each change reads the whole table.
TEST_F(RouteData, AModulesRowsAreFoundByTheIndexWithAndWithoutTheColumn)
{
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
                   " SELECT seq, 1, 1, 80 FROM seq_1_to_2000; ANALYZE TABLE RouteData");
    const auto rows_read = [this] {
        uint64_t before = 0, after = 0;
        const auto count = [this](uint64_t *number) {
            return _client.query(
                "SHOW SESSION STATUS LIKE 'Handler_read_rnd_next'",
                [number](const db_row &row) { return row.get_unsigned(1, number); });
        };
        EXPECT_TRUE(count(&before));
        EXPECT_EQ(read(" WHERE " + condition_of({5, 1})).size(), 1u);
        EXPECT_TRUE(count(&after));
        return after - before;
    };
    EXPECT_LT(rows_read(), 1000u);
    _database.exec("ALTER TABLE RouteData DROP COLUMN weight");
    EXPECT_LT(rows_read(), 1000u);
}

}  // namespace
}  // namespace lars
