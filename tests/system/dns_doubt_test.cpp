// lars_dns over a database that has lost its routes: what is believed, and what is kept.
#include <gtest/gtest.h>

#include <filesystem>

#include "messages.h"
#include "paths.h"
#include "route_file.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

class DnsDoubt : public testing::Test {
protected:
    void SetUp() override
    {
        _database.load(source_path("base/sql/sample.sql"));
        _dns.set("dns", "reload_interval", "1");
        _dns.set("dns", "snapshot", snapshot());
    }

    std::string snapshot() const { return _dns.folder().file("snapshot"); }
    std::string ask(int modid, int cmdid)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(_dns.port()));
        EXPECT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(modid, cmdid)));
        return route_text(peer.receive_frame());
    }
    std::string route(const std::vector<std::string> &words)
    {
        std::vector<std::string> arguments = {"-c", _dns.write_config()};
        arguments.insert(arguments.end(), words.begin(), words.end());
        const run_result result = run(bin_path("lars_route"), arguments);
        EXPECT_EQ(result.exit_status, 0) << result.output;
        return result.output;
    }
    // As "DROP DATABASE lars_dns", and schema.sql loaded.
    void make_the_database_anew()
    {
        _database.exec("DROP TABLE RouteData, RouteVersion, RouteChange, ServerCallStatus,"
                       " ModIDConfig, CmdIDConfig");
        _database.load(source_path("base/sql/schema.sql"));
    }
    bool says(const std::string &text) { return _dns.process().wait_for_output(text); }
    // How many rows the file holds; -1 if it is not there or damaged.
    static int rows_in(const std::string &path)
    {
        route_file found;
        return load_route_file(path, &found) ? static_cast<int>(found.rows.size()) : -1;
    }
    bool snapshot_has(int rows)
    {
        return wait_until([&] { return rows_in(snapshot()) == rows; });
    }

    database _database;
    dns_service _dns{_database.options()};
};

TEST_F(DnsDoubt, ADatabaseMadeAnewTakesNoRouteAwayUntilItIsAccepted)
{
    ASSERT_TRUE(_dns.start());
    route({"add", "5", "1", "10.0.0.1:80"});
    ASSERT_TRUE(snapshot_has(5));
    make_the_database_anew();
    ASSERT_TRUE(says("not believed: RouteVersion went back from"));
    EXPECT_TRUE(says("lars_route accept"));

    // The first of the rows that are to follow.
    route({"add", "6", "1", "10.0.0.6:80"});
    EXPECT_TRUE(wait_until([&] { return ask(6, 1) == "6,1: 10.0.0.6:80"; }));
    EXPECT_EQ(ask(5, 1), "5,1: 10.0.0.1:80");
    EXPECT_EQ(ask(1, 1), "1,1: 192.168.1.177:7777");
    EXPECT_EQ(rows_in(snapshot()), 5) << "the copy stays as it was";

    route({"accept"});
    EXPECT_TRUE(says("believed again"));
    EXPECT_TRUE(wait_until([&] { return ask(5, 1) == "5,1:"; }));
    EXPECT_EQ(ask(6, 1), "6,1: 10.0.0.6:80");
    EXPECT_TRUE(snapshot_has(1));
    EXPECT_EQ(rows_in(snapshot() + "~"), 5) << "and can still be had back";
}

TEST_F(DnsDoubt, ClearIsMeantToo)
{
    ASSERT_TRUE(_dns.start());
    make_the_database_anew();
    ASSERT_TRUE(says("not believed"));
    route({"clear", "--yes"});
    EXPECT_TRUE(says("believed again"));
    EXPECT_TRUE(wait_until([&] { return ask(1, 1) == "1,1:"; }));
}

TEST_F(DnsDoubt, MostModulesGoneAtOnceWithoutAWordAreServedOn)
{
    for (int i = 0; i < 10; ++i)
        route({"add", "7", std::to_string(i), "10.0.0.7:80"});
    ASSERT_TRUE(_dns.start());
    _database.exec("DELETE FROM RouteData WHERE modid = 7; UPDATE RouteVersion SET"
                   " version = version + 1");
    ASSERT_TRUE(says("10 of 12 modules are gone, and no RouteChange row names them"));
    EXPECT_EQ(ask(7, 9), "7,9: 10.0.0.7:80");
    // A row that names one of them is proof for that one.
    _database.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (7, 9, 1)");
    EXPECT_TRUE(wait_until([&] { return ask(7, 9) == "7,9:"; }));
    EXPECT_EQ(ask(7, 8), "7,8: 10.0.0.7:80");
}

TEST_F(DnsDoubt, ARestartForgetsNothing)
{
    ASSERT_TRUE(_dns.start());
    ASSERT_TRUE(snapshot_has(4));
    EXPECT_EQ(_dns.stop(), 0);
    make_the_database_anew();
    ASSERT_TRUE(_dns.start());
    EXPECT_EQ(ask(1, 1), "1,1: 192.168.1.177:7777");
    EXPECT_TRUE(says("not believed"));
    EXPECT_EQ(rows_in(snapshot()), 4);
}

TEST_F(DnsDoubt, ItEndsByItself)
{
    _dns.set("dns", "doubt_seconds", "2");
    ASSERT_TRUE(_dns.start());
    make_the_database_anew();
    ASSERT_TRUE(says("not believed"));
    EXPECT_TRUE(says("believed again"));
    EXPECT_TRUE(wait_until([&] { return ask(1, 1) == "1,1:"; }));
}

TEST_F(DnsDoubt, ADnsThatHasOnlyItsOldSnapshotRollsNoAgentBack)
{
    ASSERT_TRUE(_dns.start());
    route({"add", "5", "1", "10.0.0.1:80"});
    ASSERT_TRUE(snapshot_has(5));
    std::filesystem::copy_file(snapshot(), snapshot() + ".old");
    agent_service agent(_dns.port(), _dns.port());
    agent.set("loadbalance", "update_timeout", "1");
    ASSERT_TRUE(agent.start());
    const auto host_of_5 = [&] {
        return run(bin_path("lars_get_host"), {"5", "1", "--port", std::to_string(agent.port())})
            .output;
    };
    EXPECT_TRUE(wait_until([&] { return host_of_5() == "host is 10.0.0.1:80\n"; }));
    _database.exec("UPDATE RouteVersion SET version = version + 1");
    route({"del", "5", "1"});
    route({"add", "5", "1", "10.0.0.2:80"});
    EXPECT_TRUE(wait_until([&] { return host_of_5() == "host is 10.0.0.2:80\n"; }));

    // The dns comes back with the old copy, and without its database.
    EXPECT_EQ(_dns.stop(), 0);
    std::filesystem::rename(snapshot() + ".old", snapshot());
    _dns.set("mysql", "db_port", "1");
    ASSERT_TRUE(_dns.start());
    EXPECT_EQ(ask(5, 1), "5,1: 10.0.0.1:80");
    EXPECT_TRUE(agent.process().wait_for_output("which is older than"));
    EXPECT_EQ(host_of_5(), "host is 10.0.0.2:80\n");
}

}  // namespace
}  // namespace lars
