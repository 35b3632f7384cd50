#include "agent.h"

#include <random>

#include "choice_table.h"
#include "process_metrics.h"

namespace lars {

agent::agent(const service_context &context, const options &configured)
    : _context(context),
      _inherited(inherited_sockets::take()),
      _options(configured),
      _dns(context.loop, configured.dns, configured.route_cache,
           [this](module_route route) { owner_of(route.module).update(std::move(route)); }),
      _reporter(configured.reporter, context.loop->log(), configured.caller),
      _meeting(context.loop, listeners()),
      _metrics(context.loop,
               [this](const std::shared_ptr<metrics_page> &page) { add_metrics(page); })
{
}

host_server &agent::owner_of(const module_id &module)
{
    return *_servers[agent_port_of(module.modid, module.cmdid)];
}

void agent::make_servers()
{
    for (size_t i = 0; i < AGENT_PORTS; ++i) {
        host_server::upstream up;
        up.pull = [this](const module_id &module) { _dns.pull(module); };
        up.send_summary = [this](call_summary summary) { _reporter.send(std::move(summary)); };
        up.caller_ip = [this] { return _reporter.caller_ip(); };
        _servers[i] =
            std::make_unique<host_server>(_options.balance, std::move(up), _context.loop->log());
        _servers[i]->own(i);
        _servers[i]->set_allowed(_options.allow);
    }
}

status agent::bind_servers_at(const endpoint &first)
{
    make_servers();
    for (size_t i = 0; i < AGENT_PORTS; ++i) {
        const endpoint address{first.ip, static_cast<uint16_t>(first.port + i)};
        if (status s = bind_server(*_servers[i], address); !s)
            return s;
    }
    return {};
}

status agent::bind_server(host_server &server, const endpoint &address)
{
    unique_fd inherited = _inherited.find(address);
    return inherited.valid() ? server.adopt(std::move(inherited)) : server.bind(address);
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

meeting_place::listeners agent::listeners()
{
    using page = std::shared_ptr<const client_page>;
    meeting_place::listeners told;
    told.met = [this](const page &of) {
        for (auto &server : _servers)
            server->table().add_page(of);
    };
    told.ended = [this](const page &of) {
        for (auto &server : _servers)
            server->table().end_page(of);
    };
    told.wake = [this](size_t owner) { _servers[owner]->table().wake(); };
    return told;
}

// Without the table clients ask by UDP, so it is no reason not to start.
void agent::open_table()
{
    const local_options &local = _options.local;
    if (local.socket.empty())
        return;
    status open = make_table(local.table, &_table);
    if (open)
        open = _meeting.open(local, _table);
    if (!open) {
        _context.loop->log()(log_level::warn,
                             "clients do without the local path: ", open.message());
        return;
    }
    for (size_t i = 0; i < AGENT_PORTS; ++i)
        _servers[i]->serve_table(part_of(_table, local.table, i), local.table, _meeting.path());
}

status agent::start()
{
    if (status s = bind_servers(); !s)
        return s;
    open_table();
    for (const module_route &known : _dns.load_cache())
        owner_of(known.module).restore(known);
    if (status s = _reporter.start(); !s)
        return s;
    if (status s = _dns.start(); !s)
        return s;
    std::vector<endpoint> addresses;
    for (auto &server : _servers) {
        if (status s = server->start(); !s)
            return s;
        addresses.push_back(server->address());
        keep_for_next_start(server->fd(), server->address());
    }
    _inherited.drop_others();
    warn_of_strangers();
    _metrics.start(_options.metrics);
    _context.serving(addresses);
    return {};
}

// Whoever asks is answered, and whoever reports is believed.
void agent::warn_of_strangers() const
{
    if (ip_ranges::loopback().contains(_options.address.ip))
        return;
    const std::string where = ip_to_string(_options.address.ip);
    if (_options.allow.empty())
        _context.loop->log()(log_level::warn, "[agent] ip = ", where,
                             " is open to other machines, and [agent] allow is empty: whoever"
                             " reaches it can ask, and report failures of any host");
    else
        _context.loop->log()(log_level::warn, "[agent] ip = ", where,
                             " is open to other machines; [agent] allow = ", _options.allow,
                             " limits who is answered");
}

void agent::reload(const options &fresh)
{
    if (fresh.address != _options.address || fresh.allow != _options.allow ||
        fresh.dns != _options.dns || fresh.reporter != _options.reporter ||
        fresh.route_cache != _options.route_cache || fresh.local != _options.local ||
        fresh.caller != _options.caller || !(fresh.metrics == _options.metrics) ||
        fresh.metrics_modules != _options.metrics_modules)
        _context.loop->log()(log_level::warn, "a change outside [loadbalance] needs a restart");
    for (auto &server : _servers)
        server->set_config(fresh.balance);
}

void agent::add_metrics(const std::shared_ptr<metrics_page> &page)
{
    add_process_metrics(_context, page.get());
    _dns.add_metrics(page.get());
    _reporter.add_metrics(page);
    _meeting.add_metrics(page.get());
    for (auto &server : _servers)
        server->add_metrics(page, _options.metrics_modules);
}

void agent::stop(std::function<void()> done)
{
    _meeting.close();
    for (auto &server : _servers)
        server->stop();
    _dns.stop();
    _reporter.stop();
    done();
}

}  // namespace lars
