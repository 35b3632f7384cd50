#include "server_options.h"

namespace lars {

tcp_server_options server_options::for_tcp_server() const
{
    tcp_server_options options;
    options.threads = threads;
    options.max_connections = max_connections;
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
}

}  // namespace lars
