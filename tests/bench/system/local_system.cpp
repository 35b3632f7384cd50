#include "local_system.h"

#include <algorithm>

#include "endpoint.h"
#include "free_port.h"

namespace lars::bench {

static constexpr uint32_t HOSTS = 3;

static uint32_t first_ip_of(int module)
{
    return 0x0a000001 + HOSTS * static_cast<uint32_t>(module);
}

std::string local_system::first_host_of(int module)
{
    const std::string text = endpoint{first_ip_of(module), 8000}.to_string();
    return text.substr(0, text.find(':'));
}

bool local_system::start()
{
    for (int first = 0; first < MODULES; first += 100) {
        std::string rows;
        for (int i = first; i < std::min(first + 100, MODULES); ++i) {
            for (uint32_t host = 0; host < HOSTS; ++host)
                rows += std::string(rows.empty() ? "" : ", ") + "(" + std::to_string(MODID) + ", " +
                        std::to_string(FIRST_CMDID + i) + ", " +
                        std::to_string(first_ip_of(i) + host) + ", 8000)";
        }
        _routes.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES " + rows);
    }
    if (!_dns.start() || !_reporter.start())
        return false;
    _agent.emplace(_dns.port(), _reporter.port());
    // A client goes by the first of three ports in a row.
    _agent->set("agent", "port", std::to_string(test::free_port(3)));
    _agent->set("agent", "local", _agent->folder().file("agent.sock"));
    _agent->set("loadbalance", "policy", "adaptive");
    _agent->unset("loadbalance", "report_interval");
    return _agent->start();
}

local_load_options local_system::load()
{
    local_load_options options;
    options.agent_port = _agent->port();
    options.modid = MODID;
    options.cmdid = FIRST_CMDID;
    options.modules = MODULES;
    options.agent = _agent->process().pid();
    return options;
}

}  // namespace lars::bench
