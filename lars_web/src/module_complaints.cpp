#include "module_complaints.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "call_status.h"
#include "module_text.h"
#include "module_view.h"
#include "route_data.h"

namespace lars {

// A module of which nobody has reported for so long was given up.
static constexpr int64_t A_DAY = 86400;
// Of one rule. They are taken in the order of the ids, so that with more than that each look
// finds the same ones again.
static constexpr size_t MOST = 1000;
static constexpr const char *IN_ORDER = " ORDER BY modid, cmdid LIMIT 1000";
// Of modules that are looked at more closely, MOST to a page.
static constexpr int MOST_PAGES = 20;

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

static std::string behind(const module_id &module)
{
    const std::string modid = std::to_string(module.modid);
    return " AND (modid > " + modid + " OR (modid = " + modid + " AND cmdid > " +
           std::to_string(module.cmdid) + "))";
}

// Which of SUSPECTS there is a complaint about.
using judging = std::function<status(db_client &client, const std::vector<module_id> &suspects,
                                     const std::function<void(const module_id &)> &guilty)>;

// Calls COMPLAIN with each module of which JUDGED says so, of those that the statement SELECT,
// up to its WHERE, and REST, what is behind that, select.
static status find_in_pages(db_client &client, const std::string &select, const std::string &rest,
                            const judging &judged,
                            const std::function<void(const module_id &)> &complain)
{
    size_t found = 0;
    const auto guilty = [&](const module_id &module) {
        if (++found <= MOST)
            complain(module);
    };
    std::string where;
    std::vector<module_id> suspects;
    for (int page = 0; page < MOST_PAGES && found < MOST; ++page) {
        suspects.clear();
        status s = client.query(select + where + rest + IN_ORDER, [&suspects](const db_row &row) {
            module_id module;
            if (read_module(row, &module))
                suspects.push_back(module);
            return status();
        });
        if (s && !suspects.empty())
            s = judged(client, suspects, guilty);
        if (!s || suspects.size() < MOST)
            return s;
        where = behind(suspects.back());
    }
    return {};
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
            std::to_string(options.failure_share) + IN_ORDER,
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
    const auto judged = [now](db_client &with, const std::vector<module_id> &suspects,
                              const auto &guilty) {
        std::vector<module_view> views;
        const status s = read_module_views(with, suspects, now, &views);
        for (const module_view &view : views) {
            if (s && has_no_healthy_host(view))
                guilty(view.module);
        }
        return s;
    };
    return find_in_pages(client,
                         "SELECT DISTINCT modid, cmdid FROM ServerCallStatus WHERE " + fresh(now) +
                             " AND (overload = '1' OR (succ_cnt = 0 AND err_cnt > 0))",
                         "", judged, [&](const module_id &module) {
                             complaints->push_back(about(module, "no_healthy_host",
                                                         "has no healthy host",
                                                         options.no_healthy_host_time));
                         });
}

// A module that was removed, moved away or drained has no reports because that is meant so.
static status find_callable(db_client &client, const std::vector<module_id> &modules,
                            const std::function<void(const module_id &)> &found)
{
    std::unordered_set<module_id, module_id_hash> callable;
    const status s =
        read_route_data(&client, " WHERE " + condition_of(modules, id_form::as_unsigned),
                        [&callable](const stored_route &row) {
                            if (row.readable && !row.as_row().host.drained())
                                callable.insert(row.module);
                            return status();
                        });
    for (const module_id &module : modules) {
        if (s && callable.count(module) != 0)
            found(module);
    }
    return s;
}

static status find_silent(db_client &client, const alarm_options &options, int64_t now,
                          std::vector<complaint> *complaints)
{
    const std::string seconds = std::to_string(options.silent_time.count());
    const int64_t latest = now - options.silent_time.count();
    return find_in_pages(
        client, "SELECT modid, cmdid, MAX(ts) AS last FROM ServerCallStatus WHERE TRUE",
        " GROUP BY modid, cmdid HAVING last < " + std::to_string(latest) + " AND last > " +
            std::to_string(latest - A_DAY),
        find_callable, [&](const module_id &module) {
            complaints->push_back(about(module, "no_reports",
                                        "has had no reports for more than " + seconds + " s",
                                        std::chrono::seconds(0)));
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
