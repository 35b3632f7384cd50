// A whole system of real processes, with callers, for one fault. One thread, which lives as
// long as the world.
#pragma once

#include <optional>

#include "bad_peer.h"
#include "caller.h"
#include "checker.h"
#include "editor.h"
#include "route_history.h"
#include "running_service.h"
#include "subscriber.h"

namespace lars::faults {

// Which service the agent reaches through a bad_peer, with a second one to turn to.
enum class behind { nothing, dns, reporter };

class world {
public:
    // SERVER runs.
    world(test::database_server &server, behind where);
    ~world();

    // True once every module is known to the agent, and the copies on disk have them.
    bool start();

    // The address of a service, of this world alone where the network is private.
    const std::string &dns_ip() const { return _dns_ip; }
    const std::string &reporter_ip() const { return _reporter_ip; }
    const std::string &agent_ip() const { return _agent_ip; }
    const std::string &database_ip() const { return _database_ip; }

    test::database_server &server() { return _server; }
    test::database &database() { return _database; }
    test::running_service &dns() { return _dns; }
    test::running_service &reporter() { return _reporter; }
    test::running_service &agent() { return _agent; }
    bad_peer &peer() { return *_peer; }
    route_history &history() { return _history; }
    checker &judge() { return _judge; }
    caller &calls() { return *_caller; }
    // Afterwards nothing is asked, reported or changed any more.
    void stop_callers();

    // The file that fills the disk on which the service has its files.
    std::string filler(const test::running_service &service) const;

    // Connections that nobody needs, which stay until clear_knocks().
    void knock(const std::string &ip, uint16_t port);
    void clear_knocks() { _knocks.clear(); }

    // The versions that the modules have now, if all are newer than WHEN; else empty.
    std::vector<uint32_t> versions_since(steady::time_point when) const;
    // Whether the caller has got these or newer ones.
    bool arrived(const std::vector<uint32_t> &versions) const;
    // For how many tally modules there is a row, of those from FROM on and below TO.
    int stored(int from, int to);

private:
    world(test::database_server &server, behind where, int number);
    std::vector<test::running_service *> services()
    {
        return {&_dns, &_other_dns, &_reporter, &_other_reporter, &_agent};
    }
    void configure_agent();
    bool wait_known();

    const std::string _dns_ip;
    const std::string _reporter_ip;
    const std::string _agent_ip;
    const std::string _database_ip;
    const behind _behind;
    test::database_server &_server;
    test::database _database;
    test::dns_service _dns;
    test::dns_service _other_dns;
    test::reporter_service _reporter;
    test::reporter_service _other_reporter;
    test::agent_service _agent{0, 0};
    std::vector<test::wire_peer> _knocks;
    std::optional<bad_peer> _peer;
    route_history _history;
    checker _judge{_history};
    std::optional<editor> _editor;
    std::optional<subscriber> _subscriber;
    std::optional<caller> _caller;
};

}  // namespace lars::faults
