#include "state_api.h"

#include <cstdio>
#include <ctime>
#include <map>

#include "call_status.h"

namespace lars {

using nlohmann::json;

static json to_json(const service_state &one)
{
    return {{"kind", one.kind},
            {"address", one.address.to_string()},
            {"alive", one.alive},
            {"trouble", one.asked ? one.trouble : "not asked yet"},
            {"version", one.version},
            {"behind_seconds", one.behind ? json(*one.behind) : json()},
            {"seen", one.seen == 0 ? json() : json(one.seen)},
            {"source", "metrics"}};
}

// Agents that nobody named, by what they reported.
static status add_reporting_agents(db_client &client, int64_t now, json *list)
{
    constexpr int64_t A_DAY = 86400;
    return client.query(
        "SELECT caller, MAX(ts) AS last FROM ServerCallStatus GROUP BY caller HAVING last > " +
            std::to_string(now - A_DAY) + " ORDER BY last DESC LIMIT 1000",
        [now, list](const db_row &row) {
            int32_t ip = 0;
            int64_t last = 0;
            if (row.get_id(0, &ip) && row.get_signed(1, &last))
                list->push_back({{"kind", "agent"},
                                 {"address", ip_to_string(static_cast<uint32_t>(ip))},
                                 {"alive", last >= now - FRESH_SECONDS},
                                 {"trouble", ""},
                                 {"version", ""},
                                 {"behind_seconds", json()},
                                 {"seen", last},
                                 {"source", "reports"}});
            return status();
        });
}

http_answer state_api::services(const http_request &)
{
    json list = json::array();
    for (const service_state &one : _services->states())
        list.push_back(to_json(one));
    // Those that have metrics are known without the database too.
    const status s = _database->use(
        [&list](db_client &client) { return add_reporting_agents(client, time(nullptr), &list); });
    return json_answer({{"services", list}, {"complete", s.ok()}});
}

static json list_of(const std::vector<alarm_event> &events)
{
    json list = json::array();
    for (const alarm_event &event : events)
        list.push_back(to_json(event));
    return list;
}

static json rule(const std::string &name, const std::string &text,
                 const std::map<std::string, std::string> &values)
{
    return {{"name", name}, {"text", text}, {"values", values}};
}

// "10", "0.5": as it was configured, which may be far below one percent.
static std::string percent(double share)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", share * 100);
    return text;
}

static json describe(const alarm_options &rules)
{
    const auto seconds = [](std::chrono::seconds time) { return std::to_string(time.count()); };
    const std::string share = percent(rules.failure_share);
    const std::string calls = std::to_string(rules.failure_calls);
    const std::string failing = seconds(rules.failure_time);
    const std::string unhealthy = seconds(rules.no_healthy_host_time);
    const std::string silent = seconds(rules.silent_time);
    const std::string behind = seconds(rules.dns_behind);
    return {rule("failures",
                 "more than " + share + " % of a module's calls fail, of " + calls +
                     " or more, for " + failing + " s",
                 {{"share", share}, {"calls", calls}, {"seconds", failing}}),
            rule("no_healthy_host", "a module has no healthy host for " + unhealthy + " s",
                 {{"seconds", unhealthy}}),
            rule("no_reports", "a module that had reports has none for " + silent + " s",
                 {{"seconds", silent}}),
            rule("dns_behind",
                 "a dns does not answer, or has not read its database, for " + behind + " s",
                 {{"seconds", behind}}),
            rule("database_away", "the database cannot be read for 10 s", {{"seconds", "10"}})};
}

http_answer state_api::alarms(const http_request &)
{
    return json_answer({{"active", list_of(_watch->alarms().active())},
                        {"past", list_of(_watch->alarms().past())},
                        {"rules", describe(_rules)}});
}

http_answer state_api::overview(const http_request &)
{
    const status health = _database->health();
    const int64_t sampled = _watch->sampled();
    return json_answer({{"database", {{"alive", health.ok()}, {"message", health.message()}}},
                        {"now", time(nullptr)},
                        {"alarms", _watch->alarms().active().size()},
                        {"sampled", sampled == 0 ? json() : json(sampled)}});
}

}  // namespace lars
