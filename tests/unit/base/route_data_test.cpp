// Rows of RouteData, ours and what others have put there.
#include "route_data.h"

#include <gtest/gtest.h>

#include "database.h"

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

}  // namespace
}  // namespace lars
