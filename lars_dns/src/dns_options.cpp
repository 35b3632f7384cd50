#include "dns_options.h"

#include "config_file.h"

namespace lars {

status read_dns_options(const std::string &path, dns_options *out)
{
    config_file config;
    if (status s = config.load(path); !s)
        return s;

    dns_options o;
    read_server_options(config, &o.server);
    read_metrics_options(config, &o.metrics);
    read_db_options(config, &o.database);

    o.poll_interval = std::chrono::milliseconds(
        config.get_number("dns", "poll_interval_ms", o.poll_interval.count(), 10, 60000));
    o.reload_interval = std::chrono::seconds(
        config.get_number("dns", "reload_interval", o.reload_interval.count(), 1, 86400));
    o.change_retention = std::chrono::seconds(
        config.get_number("dns", "change_retention", o.change_retention.count(), 60, 31536000));
    o.doubt = std::chrono::seconds(
        config.get_number("dns", "doubt_seconds", o.doubt.count(), 0, 31536000));
    o.others = config.get_servers("dns", "others");
    o.snapshot = config.get_string("dns", "snapshot", o.snapshot);

    if (status s = config.finish(); !s)
        return s;
    *out = std::move(o);
    return {};
}

}  // namespace lars
