#include "module_complaints.h"

#include <algorithm>

#include "call_status.h"
#include "module_view.h"

namespace lars {

// A module of which nobody has reported for so long was given up.
static constexpr int64_t A_DAY = 86400;
static constexpr const char *MOST = " LIMIT 1000";

const std::vector<std::string> &module_rules()
{
    static const std::vector<std::string> rules = {"failures", "no_healthy_host", "no_reports"};
    return rules;
}

static complaint about(const module_id &module, const std::string &rule, const std::string &text,
                       std::chrono::seconds patience,
                       const std::map<std::string, std::string> &values = {})
{
    return {rule,   module.to_string(),
            module, "module " + module.to_string() + " " + text,
            values, patience};
}

static bool read_module(const db_row &row, module_id *module)
{
    return row.get_id(0, &module->modid) && row.get_id(1, &module->cmdid);
}

static std::string fresh(int64_t now)
{
    return "ts > " + std::to_string(now - FRESH_SECONDS);
}

static status find_failing(db_client &client, const alarm_options &options, int64_t now,
                           std::vector<complaint> *complaints)
{
    return client.query(
        "SELECT modid, cmdid, SUM(succ_cnt + err_cnt) AS calls, SUM(err_cnt) AS failures"
        " FROM ServerCallStatus WHERE " +
            fresh(now) +
            " AND succ_cnt >= 0 AND err_cnt >= 0 GROUP BY modid, cmdid HAVING calls >= " +
            std::to_string(options.failure_calls) + " AND failures > calls * " +
            std::to_string(options.failure_share) + MOST,
        [&](const db_row &row) {
            module_id module;
            uint64_t calls = 0, failures = 0;
            if (read_module(row, &module) && row.get_unsigned(2, &calls) &&
                row.get_unsigned(3, &failures))
                complaints->push_back(about(
                    module, "failures",
                    "fails: " + std::to_string(failures) + " of " + std::to_string(calls) +
                        " calls",
                    options.failure_time,
                    {{"failures", std::to_string(failures)}, {"calls", std::to_string(calls)}}));
            return status();
        });
}

// Agents never set aside all hosts of a module: where all are dead, those that are left are
// called and fail.
static bool is_ill(const host_view &host)
{
    return host.state == host_state::overloaded ||
           (host.state == host_state::healthy && host.calls > 0 && host.failures == host.calls);
}

static bool has_no_healthy_host(const module_view &view)
{
    const auto is_no_help = [](const host_view &host) {
        return is_ill(host) || host.state == host_state::drained;
    };
    return std::any_of(view.hosts.begin(), view.hosts.end(), is_ill) &&
           std::all_of(view.hosts.begin(), view.hosts.end(), is_no_help);
}

static status find_unhealthy(db_client &client, const alarm_options &options, int64_t now,
                             std::vector<complaint> *complaints)
{
    std::vector<module_id> suspects;
    status s =
        client.query("SELECT DISTINCT modid, cmdid FROM ServerCallStatus WHERE " + fresh(now) +
                         " AND (overload = '1' OR (succ_cnt = 0 AND err_cnt > 0))" + MOST,
                     [&suspects](const db_row &row) {
                         module_id module;
                         if (read_module(row, &module))
                             suspects.push_back(module);
                         return status();
                     });
    std::vector<module_view> views;
    if (s)
        s = read_module_views(client, suspects, now, &views);
    for (const module_view &view : views) {
        if (s && has_no_healthy_host(view))
            complaints->push_back(about(view.module, "no_healthy_host", "has no healthy host",
                                        options.no_healthy_host_time));
    }
    return s;
}

static status find_silent(db_client &client, const alarm_options &options, int64_t now,
                          std::vector<complaint> *complaints)
{
    const std::string seconds = std::to_string(options.silent_time.count());
    const int64_t latest = now - options.silent_time.count();
    return client.query(
        "SELECT modid, cmdid, MAX(ts) AS last FROM ServerCallStatus GROUP BY modid, cmdid"
        " HAVING last < " +
            std::to_string(latest) + " AND last > " + std::to_string(latest - A_DAY) + MOST,
        [&](const db_row &row) {
            module_id module;
            if (read_module(row, &module))
                complaints->push_back(about(module, "no_reports",
                                            "has had no reports for more than " +
                                                std::to_string(options.silent_time.count()) + " s",
                                            std::chrono::seconds(0)));
            return status();
        });
}

status find_module_complaints(db_client &client, const alarm_options &options, int64_t now,
                              std::vector<complaint> *complaints)
{
    for (const auto find : {find_failing, find_unhealthy, find_silent}) {
        if (status s = find(client, options, now, complaints); !s)
            return s;
    }
    return {};
}

}  // namespace lars
