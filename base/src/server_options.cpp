#include "server_options.h"

#include <algorithm>

namespace lars {

// For those that were switched off, or whose cable is cut, in the middle of a message.
static constexpr std::chrono::seconds SEND_TIMEOUT(30);

tcp_server_options server_options::for_tcp_server() const
{
    tcp_server_options options;
    options.threads = threads;
    options.max_connections = max_connections;
    options.max_per_address = max_per_address.value_or(std::max<size_t>(max_connections / 4, 1));
    options.allow = allow;
    options.silent_timeout = silent_timeout;
    options.memory_limit = memory_limit_mib << 20;
    options.send_timeout = SEND_TIMEOUT;
    return options;
}

tcp_client_options service_client_options()
{
    tcp_client_options options;
    options.send_timeout = SEND_TIMEOUT;
    return options;
}

void read_server_options(config_file &config, server_options *options)
{
    options->address.ip = config.get_ip("reactor", "ip", options->address.ip);
    options->address.port = static_cast<uint16_t>(
        config.get_number("reactor", "port", options->address.port, 0, 65535));
    options->max_connections = static_cast<size_t>(config.get_number(
        "reactor", "maxConn", static_cast<int64_t>(options->max_connections), 1, 1000000));
    options->threads =
        static_cast<int>(config.get_number("reactor", "threadNum", options->threads, 0, 64));
    if (config.has("reactor", "maxConnPerAddress"))
        options->max_per_address =
            static_cast<size_t>(config.get_number("reactor", "maxConnPerAddress", 0, 0, 1000000));
    read_allow(config, "reactor", &options->allow);
    options->silent_timeout = std::chrono::seconds(
        config.get_number("reactor", "silent_timeout", options->silent_timeout.count(), 0, 86400));
    options->memory_limit_mib = static_cast<size_t>(config.get_number(
        "reactor", "memory_limit", static_cast<int64_t>(options->memory_limit_mib), 1, 1000000));
}

void read_allow(config_file &config, const std::string &section, ip_ranges *allow)
{
    if (!config.has(section, "allow"))
        return;
    const std::string text = config.get_string(section, "allow", "");
    if (status s = ip_ranges::parse(text, allow); !s)
        config.reject(section, "allow", s.message());
}

}  // namespace lars
