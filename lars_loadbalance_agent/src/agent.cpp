#include "agent.h"

#include <random>

namespace lars {

agent::agent(event_loop *loop, const agent_options &options)
    : _loop(loop),
      _options(options),
      _dns(loop, options.dns, options.route_cache,
           [this](route_update update) {
               _servers[update.module.owner(SERVERS)]->send(std::move(update));
           }),
      _reporter(options.reporter, loop->log())
{
}

void agent::make_servers()
{
    for (auto &server : _servers) {
        host_server::upstream up;
        up.pull = [this](module_id module) { _dns.pull(module); };
        up.send_report = [this](ReportStatusRequest message) { _reporter.send(std::move(message)); };
        up.caller_ip = [this] { return _reporter.caller_ip(); };
        server = std::make_unique<host_server>(_options.balance, std::move(up), _loop->log());
    }
}

status agent::bind_servers_at(const endpoint &first)
{
    make_servers();
    for (size_t i = 0; i < SERVERS; ++i) {
        const endpoint address{first.ip, static_cast<uint16_t>(first.port + i)};
        if (status s = _servers[i]->bind(address); !s)
            return s;
    }
    return {};
}

status agent::bind_servers()
{
    if (_options.address.port != 0)
        return bind_servers_at(_options.address);
    // Port 0: three neighbours that are free, which takes some luck to find.
    std::mt19937 random(std::random_device{}());
    std::uniform_int_distribution<int> port(10000, 32000);
    status bound = status::error("no try");
    for (int tries = 0; !bound && tries < 100; ++tries)
        bound = bind_servers_at({_options.address.ip, static_cast<uint16_t>(port(random))});
    return bound;
}

status agent::start()
{
    if (status s = bind_servers(); !s)
        return s;
    for (const route_update &known : _dns.load_cache())
        _servers[known.module.owner(SERVERS)]->restore(known.module, known.hosts);
    if (status s = _reporter.start(); !s)
        return s;
    if (status s = _dns.start(); !s)
        return s;
    for (auto &server : _servers) {
        if (status s = server->start(); !s)
            return s;
    }
    return {};
}

void agent::stop()
{
    for (auto &server : _servers)
        server->stop();
    _dns.stop();
    _reporter.stop();
}

void agent::set_config(const lb_config &config)
{
    for (auto &server : _servers)
        server->set_config(config);
}

std::vector<endpoint> agent::addresses() const
{
    std::vector<endpoint> all;
    for (const auto &server : _servers)
        all.push_back(server->address());
    return all;
}

}  // namespace lars
