#include "module_json.h"

#include "module_text.h"
#include "route_edit.h"

namespace lars {

using nlohmann::json;

static json time_or_null(int64_t ts)
{
    return ts == 0 ? json() : json(ts);
}

static json name_of(const std::map<int32_t, std::string> &names, int32_t id)
{
    const auto at = names.find(id);
    return at == names.end() ? json() : json(at->second);
}

static json to_json(const host_view &host)
{
    json body = to_json(host.host);
    body["state"] = to_string(host.state);
    body["callers"] = host.callers;
    body["overloaded_by"] = host.overloaded_by;
    body["calls"] = host.calls;
    body["failures"] = host.failures;
    body["ts"] = time_or_null(host.ts);
    return body;
}

static json spark_of(const call_points &points)
{
    json list = json::array();
    for (const auto &point : points)
        list.push_back(point ? json{point->calls, point->failures} : json());
    return list;
}

json to_json(const module_view &view, const module_name_list &names, const module_history &history)
{
    json hosts = json::array();
    for (const host_view &host : view.hosts)
        hosts.push_back(to_json(host));
    return {{"module", to_json(view.module)},
            {"names",
             {name_of(names.modids, view.module.modid), name_of(names.cmdids, view.module.cmdid)}},
            {"hosts", hosts},
            {"calls", view.calls},
            {"failures", view.failures},
            {"ts", time_or_null(view.ts)},
            {"spark_hour", spark_of(history.hour)},
            {"spark_day", spark_of(history.day)}};
}

static json callers_of(const module_view &view)
{
    json list = json::array();
    for (const call_status &row : view.reports)
        list.push_back({{"caller", ip_to_string(row.caller)},
                        {"host", row.host.to_string()},
                        {"calls", row.calls},
                        {"failures", row.failures},
                        {"overloaded", row.overloaded},
                        {"ts", row.ts}});
    return list;
}

// [ts, calls, failures] of each step that has a sample.
static json points_of(const call_points &points, int64_t now, int64_t step)
{
    json list = json::array();
    for (size_t i = 0; i < points.size(); ++i) {
        const int64_t back = static_cast<int64_t>(points.size() - 1 - i);
        if (points[i])
            list.push_back({(now / step - back) * step, points[i]->calls, points[i]->failures});
    }
    return list;
}

void add_details(const module_view &view, const module_history &history, int64_t now, json *body)
{
    (*body)["callers"] = callers_of(view);
    (*body)["version"] = hosts_mark(view.route());
    (*body)["history"] = {{"hour", points_of(history.hour, now, 60)},
                          {"day", points_of(history.day, now, 900)}};
}

}  // namespace lars
