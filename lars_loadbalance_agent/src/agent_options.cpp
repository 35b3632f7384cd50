#include "agent_options.h"

#include <charconv>
#include <cmath>
#include <string>

#include "config_file.h"
#include "server_options.h"

namespace lars {

// A section names one server with ip and port, or several with addrs.
static std::vector<server_address> read_servers(config_file &config, const std::string &section,
                                                const server_address &fallback)
{
    const std::string host = config.get_host(section, "ip", fallback.host);
    const auto port =
        static_cast<uint16_t>(config.get_number(section, "port", fallback.port, 1, 65535));
    const std::vector<server_address> several = config.get_servers(section, "addrs");
    if (config.has(section, "addrs") && (config.has(section, "ip") || config.has(section, "port")))
        config.reject(section, "addrs", "give either addrs, or ip and port");
    return several.empty() ? std::vector<server_address>{{host, port}} : several;
}

static uint32_t read_count(config_file &config, const char *key, uint32_t fallback)
{
    return static_cast<uint32_t>(config.get_number("loadbalance", key, fallback, 1, 1000000));
}

static ratio read_ratio(config_file &config, const char *key, const ratio &fallback)
{
    if (!config.has("loadbalance", key))
        return fallback;
    const std::string text = config.get_decimal("loadbalance", key, "0", 0, 1);
    if (const auto parsed = ratio::parse(text))
        return *parsed;
    config.reject("loadbalance", key, "'" + text + "' has too many decimals");
    return {};
}

static std::chrono::seconds read_seconds(config_file &config, const char *key,
                                         std::chrono::seconds fallback)
{
    return std::chrono::seconds(config.get_number("loadbalance", key, fallback.count(), 1, 86400));
}

static double read_decimal(config_file &config, const char *key, double fallback, double lowest,
                           double highest)
{
    if (!config.has("loadbalance", key))
        return fallback;
    const std::string text = config.get_decimal("loadbalance", key, "0", lowest, highest);
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// Seconds, of which parts to the millisecond count.
static std::chrono::milliseconds read_time(config_file &config, const char *key,
                                           std::chrono::milliseconds fallback)
{
    const double most = 86400;
    const double read =
        read_decimal(config, key, std::chrono::duration<double>(fallback).count(), 0.001, most);
    return std::chrono::milliseconds(std::lround(read * 1000));
}

static balance_policy read_policy(config_file &config)
{
    const std::string name = config.get_string("loadbalance", "policy", "adaptive");
    if (name == "course")
        return balance_policy::course;
    if (name != "adaptive")
        config.reject("loadbalance", "policy",
                      "there is no policy '" + name + "': adaptive or course");
    return balance_policy::adaptive;
}

static void read_adaptive(config_file &config, lb_config *out)
{
    out->evidence_limit = read_decimal(config, "evidence_limit", out->evidence_limit, 1, 1000000);
    out->recent_calls = static_cast<uint32_t>(
        config.get_number("loadbalance", "recent_calls", out->recent_calls, 10, 1000000));
    out->probe_credit = read_decimal(config, "probe_credit", out->probe_credit, 0.001, 1000000);
    out->probe_num_max = read_count(config, "probe_num_max", out->probe_num_max);
    out->probe_wait = read_time(config, "probe_wait", out->probe_wait);
    out->probe_wait_max = read_time(config, "probe_wait_max", out->probe_wait_max);
    if (out->probe_wait_max < out->probe_wait)
        config.reject("loadbalance",
                      config.has("loadbalance", "probe_wait_max") ? "probe_wait_max" : "probe_wait",
                      "probe_wait_max is less than probe_wait");
    out->slow_start = read_time(config, "slow_start", out->slow_start);
    out->slow_start_share =
        read_decimal(config, "slow_start_share", out->slow_start_share, 0.001, 1);
    out->panic_err_rate = read_decimal(config, "panic_err_rate", out->panic_err_rate, 0.01, 1);
    out->panic_calls = read_count(config, "panic_calls", out->panic_calls);
}

static void read_course(config_file &config, lb_config *out)
{
    out->init_succ_cnt = read_count(config, "init_succ_cnt", out->init_succ_cnt);
    out->init_err_cnt = read_count(config, "init_err_cnt", out->init_err_cnt);
    out->succ_rate = read_ratio(config, "succ_rate", out->succ_rate);
    out->contin_err_limit = read_count(config, "contin_err_limit", out->contin_err_limit);
    out->contin_succ_limit = read_count(config, "contin_succ_limit", out->contin_succ_limit);
    out->window_err_rate = read_ratio(config, "window_err_rate", out->window_err_rate);
    out->idle_timeout = read_seconds(config, "idle_timeout", out->idle_timeout);
    out->overload_timeout = read_seconds(config, "overload_timeout", out->overload_timeout);
}

static void read_balance(config_file &config, lb_config *out)
{
    out->policy = read_policy(config);
    out->probe_num = read_count(config, "probe_num", out->probe_num);
    out->err_rate = read_ratio(config, "err_rate", out->err_rate);
    out->update_timeout = read_seconds(config, "update_timeout", out->update_timeout);
    out->report_interval = read_seconds(config, "report_interval", out->report_interval);
    read_adaptive(config, out);
    read_course(config, out);
}

// Three or four octal digits, as chmod has them.
static mode_t read_mode(config_file &config, const char *key, mode_t fallback)
{
    const std::string text = config.get_string("agent", key, "");
    if (text.empty())
        return fallback;
    const bool octal = text.find_first_not_of("01234567") == std::string::npos;
    if (!octal || text.size() < 3 || text.size() > 4) {
        config.reject("agent", key, "'" + text + "' is not a file's mode, such as 0660");
        return fallback;
    }
    return static_cast<mode_t>(std::stoul(text, nullptr, 8));
}

static void read_local(config_file &config, local_options *out)
{
    const auto bound = [&config](const char *key, size_t fallback, int64_t most) {
        return static_cast<size_t>(
            config.get_number("agent", key, static_cast<int64_t>(fallback), 1, most));
    };
    out->socket = config.get_string("agent", "local", out->socket);
    out->mode = read_mode(config, "local_mode", out->mode);
    out->clients = bound("local_clients", out->clients, 60000);
    out->table.modules = bound("local_modules", out->table.modules, 100000);
    out->table.hosts = bound("local_hosts", out->table.hosts, 10000000);
}

status read_agent_options(const std::string &path, agent_options *out)
{
    config_file config;
    if (status s = config.load(path); !s)
        return s;

    agent_options o;
    o.reporter = read_servers(config, "reporter", o.reporter[0]);
    o.dns = read_servers(config, "dnsserver", o.dns[0]);
    read_balance(config, &o.balance);
    o.address.ip = config.get_ip("agent", "ip", o.address.ip);
    // The two ports after this one are used too.
    o.address.port =
        static_cast<uint16_t>(config.get_number("agent", "port", o.address.port, 0, 65533));
    read_allow(config, "agent", &o.allow);
    read_metrics_options(config, &o.metrics);
    o.metrics_modules = static_cast<size_t>(
        config.get_number("metrics", "modules", static_cast<int64_t>(o.metrics_modules), 0, 10000));
    o.caller = config.get_ip("agent", "caller", o.caller);
    if (config.has("agent", "caller") && o.caller == 0)
        config.reject("agent", "caller", "must name an address of this machine");
    o.route_cache = config.get_string("agent", "route_cache", o.route_cache);
    read_local(config, &o.local);

    if (status s = config.finish(); !s)
        return s;
    *out = std::move(o);
    return {};
}

}  // namespace lars
