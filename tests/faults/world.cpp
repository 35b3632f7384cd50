#include "world.h"

#include <atomic>

#include "lars_client.h"
#include "surroundings.h"
#include "wait_until.h"

namespace lars::faults {

using namespace lars::test;

static const char *DISK_SIZE = "1m";

// 127.0.N.LAST, with another N for each world.
static std::string address_of(int number, int last)
{
    return have_private_network() ? "127.0." + std::to_string(number) + "." + std::to_string(last)
                                  : "127.0.0.1";
}

static int next_number()
{
    static std::atomic<int> number{0};
    return ++number;
}

static db_options options_at(const database &own, const std::string &ip)
{
    db_options options = own.options();
    options.host = ip;
    return options;
}

world::world(database_server &server, behind where) : world(server, where, next_number()) {}

world::world(database_server &server, behind where, int number)
    : _dns_ip(address_of(number, 2)),
      _reporter_ip(address_of(number, 3)),
      _agent_ip(address_of(number, 4)),
      _database_ip(address_of(number, 5)),
      _behind(where),
      _server(server),
      _database(server),
      _dns(options_at(_database, _database_ip)),
      _other_dns(options_at(_database, _database_ip)),
      _reporter(options_at(_database, _database_ip)),
      _other_reporter(options_at(_database, _database_ip))
{
    for (running_service *one : services())
        mount_small_disk(one->folder().path(), DISK_SIZE);
    _dns.set("reactor", "ip", _dns_ip);
    _reporter.set("reactor", "ip", _reporter_ip);
    _agent.set("agent", "ip", _agent_ip);
}

world::~world()
{
    _caller.reset();
    _subscriber.reset();
    _editor.reset();
    for (running_service *one : services()) {
        one->process().kill();
        unmount_disk(one->folder().path());
    }
}

std::string world::filler(const running_service &service) const
{
    return service.folder().file("filler");
}

static std::string both(const std::string &ip, uint16_t port, uint16_t other)
{
    return ip + ":" + std::to_string(port) + ", 127.0.0.1:" + std::to_string(other);
}

void world::configure_agent()
{
    for (const char *section : {"dnsserver", "reporter"})
        _agent.unset(section, "port");
    _agent.set("dnsserver", "addrs", _dns_ip + ":" + std::to_string(_dns.port()));
    _agent.set("reporter", "addrs", _reporter_ip + ":" + std::to_string(_reporter.port()));
    if (_behind == behind::dns) {
        _peer.emplace(_dns_ip, _dns.port());
        _agent.set("dnsserver", "addrs", both("127.0.0.1", _peer->port(), _other_dns.port()));
    }
    if (_behind == behind::reporter) {
        _peer.emplace(_reporter_ip, _reporter.port());
        _agent.set("reporter", "addrs", both("127.0.0.1", _peer->port(), _other_reporter.port()));
    }
}

// Nobody else may call the modules first: an answer without a host is one that was not known.
bool world::wait_known()
{
    lars_client client(_agent_ip, _agent.port());
    std::string ip;
    int port = 0;
    for (int tally = 0; tally < TALLIES; ++tally)
        client.get_host(TALLY_FIRST + tally, 1, ip, port);
    const auto known = [&client](int modid) {
        return wait_until([&] { return client.reg_init(modid, 1) == lars_client::RET_SUCC; });
    };
    for (int modid = 1; modid <= MODULES; ++modid) {
        if (!known(modid))
            return false;
    }
    for (int tally = 0; tally < TALLIES; ++tally) {
        if (!known(TALLY_FIRST + tally))
            return false;
    }
    return wait_until([this] {
        const std::string cache = read_text(_agent.folder().file("routes"));
        const auto holds = [&cache](int modid) {
            return cache.find("\n" + std::to_string(modid) + " 1 ") != std::string::npos;
        };
        for (int modid = 1; modid <= MODULES; ++modid) {
            if (!holds(modid))
                return false;
        }
        return holds(TALLY_FIRST + TALLIES - 1);
    });
}

bool world::start()
{
    _database.exec(editor::first_rows());
    if (!_dns.start() || !_reporter.start())
        return false;
    if (_behind == behind::dns && !_other_dns.start())
        return false;
    if (_behind == behind::reporter && !_other_reporter.start())
        return false;
    configure_agent();
    if (!_agent.start() || !wait_known())
        return false;
    _editor.emplace(_history, _database.options());
    _subscriber.emplace(_judge, _dns_ip, _dns.port());
    caller_options options;
    options.ip = _agent_ip;
    options.port = _agent.port();
    _caller.emplace(_judge, options);
    _caller->begin_checking();
    return true;
}

void world::stop_callers()
{
    _caller->end();
    _subscriber.reset();
    _editor.reset();
}

void world::knock(const std::string &ip, uint16_t port)
{
    wire_peer peer;
    peer.connect_tcp(port, ip, milliseconds(500));
    _knocks.push_back(std::move(peer));
}

std::vector<uint32_t> world::versions_since(steady::time_point when) const
{
    std::vector<uint32_t> versions;
    for (int modid = 1; modid <= MODULES; ++modid) {
        if (!_history.confirmed_since(modid, when))
            return {};
        versions.push_back(_history.current(modid));
    }
    return versions;
}

bool world::arrived(const std::vector<uint32_t> &versions) const
{
    for (size_t i = 0; i < versions.size(); ++i) {
        if (_judge.version_of(static_cast<int>(i) + 1) < versions[i])
            return false;
    }
    return !versions.empty();
}

int world::stored(int from, int to)
{
    return std::atoi(_database
                         .value("SELECT COUNT(*) FROM ServerCallStatus WHERE modid >= " +
                                std::to_string(TALLY_FIRST + from) + " AND modid < " +
                                std::to_string(TALLY_FIRST + to))
                         .c_str());
}

}  // namespace lars::faults
