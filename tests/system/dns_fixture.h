// lars_dns as a process, with a real database and peers that speak the wire
// contract on their own.
#pragma once

#include <gtest/gtest.h>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars::test {

// How long a test waits for what must not come.
constexpr std::chrono::milliseconds SHORT(300);

class Dns : public testing::Test {
protected:
    void SetUp() override { _database.load(source_path("base/sql/sample.sql")); }

    wire_peer connect(running_service &dns)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(dns.port()));
        return peer;
    }
    wire_peer connect() { return connect(_dns); }

    static std::string ask(wire_peer &peer, int modid, int cmdid)
    {
        EXPECT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(modid, cmdid)));
        return route_text(peer.receive_frame());
    }

    // A change as a correct writer makes it.
    void change(const std::string &rows, int modid, int cmdid)
    {
        _database.exec("BEGIN; " + rows +
                       "; INSERT INTO RouteChange (modid, cmdid, version) VALUES (" +
                       std::to_string(modid) + "," + std::to_string(cmdid) +
                       ", UNIX_TIMESTAMP()); UPDATE RouteVersion SET version = UNIX_TIMESTAMP()"
                       " WHERE id = 1; COMMIT");
    }
    static std::string insert(int modid, unsigned cmdid, const std::string &address)
    {
        return "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (" +
               std::to_string(modid) + "," + std::to_string(cmdid) + "," +
               std::to_string(host(address).ip) + "," + std::to_string(host(address).port) + ")";
    }

    database _database;
    dns_service _dns{_database.options()};
};

}  // namespace lars::test
