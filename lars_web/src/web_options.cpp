#include "web_options.h"

#include <cstdlib>

#include "config_file.h"

namespace lars {

static std::chrono::seconds get_seconds(config_file &config, const std::string &section,
                                        const std::string &key, std::chrono::seconds fallback,
                                        int64_t lowest)
{
    constexpr int64_t A_YEAR = 31536000;
    return std::chrono::seconds(config.get_number(section, key, fallback.count(), lowest, A_YEAR));
}

static void read_words(config_file &config, const std::string &key, std::vector<std::string> *words)
{
    const std::string text = config.get_string("web", key, "");
    for (size_t at = 0; at < text.size();) {
        const size_t begin = text.find_first_not_of(", \t", at);
        if (begin == std::string::npos)
            break;
        at = std::min(text.find_first_of(", \t", begin), text.size());
        words->push_back(text.substr(begin, at - begin));
    }
}

static void read_proxies(config_file &config, ip_ranges *proxies)
{
    if (config.has("web", "proxies")) {
        const std::string text = config.get_string("web", "proxies", "");
        if (const status s = ip_ranges::parse(text, proxies); !s)
            config.reject("web", "proxies", s.message());
    }
}

static void read_web(config_file &config, web_options *o)
{
    o->address.ip = config.get_ip("web", "ip", o->address.ip);
    o->address.port =
        static_cast<uint16_t>(config.get_number("web", "port", o->address.port, 0, 65535));
    o->open_reading = config.get_bool("web", "open_reading", o->open_reading);
    if (o->open_reading && o->address.ip >> 24 != 127)
        config.reject("web", "open_reading",
                      "is for 127.x.y.z alone: at another address whoever reaches it could read");
    read_words(config, "names", &o->names);
    read_proxies(config, &o->proxies);
    o->users_file = config.get_string("web", "users", o->users_file);
    o->session_key_file = config.get_string("web", "session_key", o->session_key_file);
    o->session_time = get_seconds(config, "web", "session_time", o->session_time, 60);
    o->told = config.get_servers("web", "dns");
    o->alarms_file = config.get_string("web", "alarms_file", o->alarms_file);
}

static void read_alarms(config_file &config, alarm_options *o)
{
    const std::string share =
        config.get_decimal("alarms", "failure_share", std::to_string(o->failure_share), 0, 1);
    o->failure_share = std::strtod(share.c_str(), nullptr);
    o->failure_calls = config.get_number("alarms", "failure_calls", o->failure_calls, 1, 1 << 30);
    o->failure_time = get_seconds(config, "alarms", "failure_time", o->failure_time, 0);
    o->no_healthy_host_time =
        get_seconds(config, "alarms", "no_healthy_host_time", o->no_healthy_host_time, 0);
    o->silent_time = get_seconds(config, "alarms", "silent_time", o->silent_time, 60);
    o->dns_behind = get_seconds(config, "alarms", "dns_behind", o->dns_behind, 1);
    const std::string webhook = config.get_string("alarms", "webhook", "");
    if (!webhook.empty()) {
        if (const status s = parse_webhook_url(webhook, &o->webhook); !s)
            config.reject("alarms", "webhook", s.message());
    }
}

status read_web_options(const std::string &path, web_options *out)
{
    config_file config;
    if (status s = config.load(path); !s)
        return s;

    web_options o;
    read_web(config, &o);
    read_db_options(config, &o.database);
    o.database.writes = true;
    o.dns_metrics = config.get_servers("services", "dns");
    o.reporter_metrics = config.get_servers("services", "reporters");
    o.agent_metrics = config.get_servers("services", "agents");
    o.history_retention = get_seconds(config, "history", "retention", o.history_retention, 3600);
    read_alarms(config, &o.alarms);
    read_metrics_options(config, &o.metrics);

    if (status s = config.finish(); !s)
        return s;
    *out = std::move(o);
    return {};
}

}  // namespace lars
