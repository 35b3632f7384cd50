// Lars over two MariaDB servers, a primary and its replica, of which the primary dies: what
// goes on, and what the replication itself has lost.
#include <gtest/gtest.h>

#include <optional>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<std::string> server_arguments(int id)
{
    return {"--log-bin=binlog",       "--server-id=" + std::to_string(id),
            "--log-slave-updates=ON", "--binlog-format=ROW",
            "--relay-log=relay",      "--slave-net-timeout=2"};
}

void run_statements(const db_options &options, const std::vector<std::string> &statements)
{
    db_client client(options);
    status done = client.connect();
    for (const std::string &statement : statements)
        if (done)
            done = client.execute(statement);
    EXPECT_TRUE(done) << done.message();
}

// The first column of the first row; "" if there is none, or nobody answers.
std::string value(const db_options &options, const std::string &statement)
{
    db_client client(options);
    std::string found;
    if (client.connect())
        (void)client.query(statement, [&found](const db_row &row) {
            found = row[0].value_or("NULL");
            return status();
        });
    return found;
}

class Replication : public testing::Test {
protected:
    void SetUp() override
    {
        _primary.set_arguments(server_arguments(1));
        _replica.set_arguments(server_arguments(2));
        for (database_server *server : {&_primary, &_replica}) {
            const status s = server->start();
            ASSERT_TRUE(s) << s.message();
        }
        run_statements(_primary.admin(),
                       {"CREATE USER repl@'127.0.0.1' IDENTIFIED BY 'only here'",
                        "GRANT REPLICATION SLAVE ON *.* TO repl@'127.0.0.1'"});
        run_statements(_replica.admin(),
                       {"CHANGE MASTER TO master_host = '127.0.0.1', master_port = " +
                            std::to_string(_primary.port()) +
                            ", master_user = 'repl', master_password = 'only here',"
                            " master_connect_retry = 1, master_use_gtid = slave_pos",
                        "SET GLOBAL read_only = 1", "START SLAVE"});
        _database.emplace(_primary);
        _database->load(source_path("base/sql/sample.sql"));
        replicate();
    }

    // Waits until the replica has all that the primary has.
    void replicate()
    {
        const std::string position = value(_primary.admin(), "SELECT @@gtid_binlog_pos");
        ASSERT_NE(position, "");
        ASSERT_EQ(value(_replica.admin(), "SELECT MASTER_GTID_WAIT('" + position + "', 20)"), "0")
            << _replica.log();
    }
    void promote_replica()
    {
        run_statements(_replica.admin(),
                       {"STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL read_only = 0"});
    }

    db_options at(const database_server &first, const database_server &second) const
    {
        db_options options = _database->options();
        options.servers = {{"127.0.0.1", first.port()}, {"localhost", second.port()}};
        return options;
    }
    db_options at(const database_server &server) const
    {
        db_options options = _database->options();
        options.port = server.port();
        return options;
    }

    // READS: what the dns reads. Those that write begin with the primary.
    void start_services(const db_options &reads)
    {
        _dns.emplace(reads);
        _dns->set("dns", "reload_interval", "1");
        ASSERT_TRUE(_dns->start());
        _reporter.emplace(at(_primary, _replica));
        ASSERT_TRUE(_reporter->start());
        _writer.emplace(at(_primary, _replica));
        _writer->set("dns", "others", "localhost:" + std::to_string(_dns->port()));
    }

    run_result route(const std::vector<std::string> &words)
    {
        std::vector<std::string> arguments = {"-c", _writer->write_config()};
        arguments.insert(arguments.end(), words.begin(), words.end());
        return run(bin_path("lars_route"), arguments);
    }
    void expect_route(const std::vector<std::string> &words)
    {
        const run_result result = route(words);
        EXPECT_EQ(result.exit_status, 0) << result.output;
    }

    // One who has asked, and is told of each change.
    wire_peer subscribe(int modid)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(_dns->port()));
        EXPECT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(modid, 1)));
        return peer;
    }
    std::string ask(int modid)
    {
        wire_peer peer = subscribe(modid);
        return route_text(peer.receive_frame());
    }
    // What PEER hears next, while it is not that yet.
    static bool hears(wire_peer &peer, const std::string &expected)
    {
        std::string last;
        do
            last = route_text(peer.receive_frame(milliseconds(10000)));
        while (!last.empty() && last.find(':') != std::string::npos && last != expected);
        EXPECT_EQ(last, expected);
        return last == expected;
    }

    void report(uint32_t succ)
    {
        ReportStatusRequest body;
        body.set_modid(5);
        body.set_cmdid(1);
        body.set_caller(0x7f000001);
        body.set_ts(1573034612 + succ);
        HostCallResult *result = body.add_results();
        result->set_ip(0x0a000001);
        result->set_port(80);
        result->set_succ(succ);
        wire_peer peer;
        ASSERT_TRUE(peer.connect_tcp(_reporter->port()));
        ASSERT_TRUE(peer.send_frame(ID_ReportStatusRequest, body.SerializeAsString()));
        // Its connection is read to the end before it is closed.
        EXPECT_TRUE(peer.send_frame(ID_ReportStatusRequest, body.SerializeAsString()));
        _reporters.push_back(std::move(peer));
    }
    bool is_stored(const database_server &server, uint32_t succ)
    {
        return wait_until([&] {
            return value(at(server), "SELECT succ_cnt FROM ServerCallStatus") ==
                   std::to_string(succ);
        });
    }

    database_server _primary;
    database_server _replica;
    std::optional<database> _database;
    std::optional<dns_service> _dns;
    std::optional<reporter_service> _reporter;
    std::optional<dns_service> _writer;  // only its configuration, for lars_route
    std::vector<wire_peer> _reporters;
};

TEST_F(Replication, EverythingGoesOnWithThePromotedReplica)
{
    start_services(at(_replica, _primary));
    expect_route({"add", "5", "1", "10.0.0.1:80"});
    wire_peer subscriber = subscribe(5);
    ASSERT_TRUE(hears(subscriber, "5,1: 10.0.0.1:80")) << "by way of the replica";
    report(1);
    ASSERT_TRUE(is_stored(_replica, 1)) << _reporter->process().output();
    replicate();

    _primary.kill();
    EXPECT_EQ(ask(5), "5,1: 10.0.0.1:80");
    report(2);
    const run_result refused = route({"add", "5", "1", "10.0.0.2:80"});
    EXPECT_EQ(refused.exit_status, 1);
    for (const std::string &said :
         {":" + std::to_string(_primary.port()) + "/",
          "localhost:" + std::to_string(_replica.port()) + "/" + _database->name() +
              ": the server is read-only"})
        EXPECT_NE(refused.output.find(said), std::string::npos) << refused.output;

    promote_replica();
    const auto promoted = std::chrono::steady_clock::now();
    expect_route({"add", "5", "1", "10.0.0.2:80"});
    EXPECT_TRUE(hears(subscriber, "5,1: 10.0.0.1:80 10.0.0.2:80"));
    EXPECT_TRUE(is_stored(_replica, 2)) << _reporter->process().output();
    EXPECT_LT(std::chrono::steady_clock::now() - promoted, seconds(8));
    EXPECT_EQ(_dns->process().output().find("not believed"), std::string::npos);
}

TEST_F(Replication, AnOldPrimaryThatComesBackReadOnlyIsPassedOver)
{
    start_services(at(_replica, _primary));
    replicate();
    _primary.kill();
    promote_replica();
    auto arguments = server_arguments(1);
    arguments.push_back("--read-only=ON");
    _primary.set_arguments(arguments);
    ASSERT_TRUE(_primary.start());
    expect_route({"add", "5", "1", "10.0.0.1:80"});
    EXPECT_TRUE(wait_until([&] { return ask(5) == "5,1: 10.0.0.1:80"; }));
    report(3);
    EXPECT_TRUE(is_stored(_replica, 3)) << _reporter->process().output();
    EXPECT_EQ(value(at(_primary), "SELECT COUNT(*) FROM RouteData WHERE modid = 5"), "0");
}

// A replica that is not waited for may lack the last commits.
TEST_F(Replication, WhatTheReplicaHasNeverHadIsServedOnUntilItIsAccepted)
{
    start_services(at(_primary, _replica));
    expect_route({"add", "5", "1", "10.0.0.1:80"});
    replicate();
    run_statements(_replica.admin(), {"STOP SLAVE"});
    expect_route({"add", "6", "1", "10.0.0.6:80"});
    ASSERT_TRUE(wait_until([&] { return ask(6) == "6,1: 10.0.0.6:80"; }));
    _primary.kill();
    promote_replica();

    ASSERT_TRUE(_dns->process().wait_for_output("not believed: RouteVersion went back from"))
        << _dns->process().output();
    EXPECT_TRUE(_dns->process().wait_for_output(
        "localhost:" + std::to_string(_replica.port()) + "/" + _database->name() +
        " is not believed"));
    EXPECT_EQ(ask(6), "6,1: 10.0.0.6:80") << "the replica lacks it";
    EXPECT_EQ(ask(5), "5,1: 10.0.0.1:80");
    EXPECT_EQ(value(at(_replica), "SELECT COUNT(*) FROM RouteData WHERE modid = 6"), "0");

    expect_route({"accept"});
    EXPECT_TRUE(_dns->process().wait_for_output("believed again"))
        << _dns->process().output();
    EXPECT_TRUE(wait_until([&] { return ask(6) == "6,1:"; }));
    EXPECT_EQ(ask(5), "5,1: 10.0.0.1:80");
    // Or what was lost is made once more, which is why it is told.
    expect_route({"add", "6", "1", "10.0.0.6:80"});
    EXPECT_TRUE(wait_until([&] { return ask(6) == "6,1: 10.0.0.6:80"; }));
}

TEST_F(Replication, TheFirstServerMayBeDeadFromTheStart)
{
    _primary.kill();
    promote_replica();
    start_services(at(_primary, _replica));
    expect_route({"add", "5", "1", "10.0.0.1:80"});
    EXPECT_TRUE(wait_until([&] { return ask(5) == "5,1: 10.0.0.1:80"; }));
    report(4);
    EXPECT_TRUE(is_stored(_replica, 4)) << _reporter->process().output();
    for (running_service *service : std::initializer_list<running_service *>{&*_dns, &*_reporter})
        EXPECT_EQ(service->process().output().find("ERROR"), std::string::npos)
            << service->process().output();
}

// A dns that reads the replica is no writer, and stays there.
TEST_F(Replication, ADnsStaysWithTheReplicaThatItReads)
{
    start_services(at(_replica, _primary));
    expect_route({"add", "5", "1", "10.0.0.1:80"});
    run_statements(at(_primary), {"UPDATE RouteChange SET version = 1"});
    replicate();
    ASSERT_TRUE(_dns->process().wait_for_output("old RouteChange rows stay"));
    EXPECT_TRUE(_dns->process().wait_for_output("the server is read-only"));
    const auto connections = [&](const database_server &server) {
        return value(at(server), "SELECT COUNT(*) FROM information_schema.processlist"
                                 " WHERE db = DATABASE() AND id <> CONNECTION_ID()");
    };
    // The reporter's are at the primary.
    const std::string at_replica = connections(_replica);
    EXPECT_EQ(at_replica, "1");
    EXPECT_TRUE(wait_until([&] { return connections(_primary) != "0"; }));
}

}  // namespace
}  // namespace lars
