#include "dns_options.h"

#include "config_file.h"

namespace lars {

status read_dns_options(const std::string &path, dns_options *out)
{
    config_file config;
    if (status s = config.load(path); !s)
        return s;

    dns_options o;
    o.address.ip = config.get_ip("reactor", "ip", o.address.ip);
    o.address.port =
        static_cast<uint16_t>(config.get_number("reactor", "port", o.address.port, 0, 65535));
    o.max_connections =
        static_cast<size_t>(config.get_number("reactor", "maxConn", 1024, 1, 1000000));
    o.threads = static_cast<int>(config.get_number("reactor", "threadNum", o.threads, 0, 64));

    read_db_options(config, o.database);

    o.poll_interval = std::chrono::milliseconds(
        config.get_number("dns", "poll_interval_ms", o.poll_interval.count(), 10, 60000));
    o.reload_interval = std::chrono::seconds(
        config.get_number("dns", "reload_interval", o.reload_interval.count(), 1, 86400));
    o.change_retention = std::chrono::seconds(
        config.get_number("dns", "change_retention", o.change_retention.count(), 60, 31536000));
    o.snapshot = config.get_string("dns", "snapshot", o.snapshot);

    if (status s = config.finish(); !s)
        return s;
    *out = std::move(o);
    return {};
}

}  // namespace lars
