#include "running_service.h"

#include <gtest/gtest.h>

#include "paths.h"

namespace lars::test {

void running_service::set(const std::string &section, const std::string &key,
                          const std::string &value)
{
    _config[section][key] = value;
}

void running_service::unset(const std::string &section, const std::string &key)
{
    _config[section].erase(key);
}

void running_service::use_database(const db_options &options)
{
    std::string several;
    for (const server_address &server : options.servers)
        several += (several.empty() ? "" : ", ") + server.to_string();
    if (several.empty()) {
        set("mysql", "db_host", options.host);
        set("mysql", "db_port", std::to_string(options.port));
    } else {
        set("mysql", "db_addrs", several);
    }
    set("mysql", "db_user", options.user);
    set("mysql", "db_passwd", options.password);
    set("mysql", "db_name", options.database);
}

std::string running_service::write_config()
{
    std::string text;
    for (const auto &[section, keys] : _config) {
        text += "[" + section + "]\n";
        for (const auto &[key, value] : keys)
            text += key + " = " + value + "\n";
    }
    return _folder.write("service.conf", text);
}

// The section that says where it listens.
static std::string listening_section(const std::string &program)
{
    return program == "lars_lb_agent" ? "agent" : program == "lars_web" ? "web" : "reactor";
}

bool running_service::start()
{
    process_options options;
    options.folder = _folder.path();
    options.ready_fd = true;
    std::vector<std::string> arguments = {"-c", write_config()};
    arguments.insert(arguments.end(), _more_arguments.begin(), _more_arguments.end());
    std::string program = bin_path(_program);
    if (!_runner.empty()) {
        arguments.insert(arguments.begin(), program);
        arguments.insert(arguments.begin(), _runner.begin() + 1, _runner.end());
        program = _runner[0];
    }
    if (status s = _process.start(program, arguments, options); !s) {
        ADD_FAILURE() << s.message();
        return false;
    }
    _addresses = _process.wait_ready();
    if (_addresses.empty()) {
        ADD_FAILURE() << _program << " is not ready:\n" << _process.output();
        return false;
    }
    set(listening_section(_program), "port", std::to_string(port()));
    return true;
}

dns_service::dns_service(const db_options &options) : running_service("lars_dns")
{
    set("reactor", "port", "0");
    set("reactor", "threadNum", "3");
    use_database(options);
    set("dns", "poll_interval_ms", "20");
    set("dns", "snapshot", folder().file("snapshot"));
}

reporter_service::reporter_service(const db_options &options) : running_service("lars_reporter")
{
    set("reactor", "port", "0");
    set("reactor", "threadNum", "2");
    use_database(options);
}

agent_service::agent_service(uint16_t dns_port, uint16_t reporter_port)
    : running_service("lars_lb_agent")
{
    set("dnsserver", "port", std::to_string(dns_port));
    set("reporter", "port", std::to_string(reporter_port));
    set("agent", "port", "0");
    set("agent", "route_cache", folder().file("routes"));
    set("loadbalance", "report_interval", "1");
}

}  // namespace lars::test
