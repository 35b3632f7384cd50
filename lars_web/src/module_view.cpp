#include "module_view.h"

#include <algorithm>
#include <unordered_map>

#include "module_text.h"
#include "route_data.h"

namespace lars {

const char *to_string(host_state state)
{
    switch (state) {
    case host_state::healthy: return "healthy";
    case host_state::overloaded: return "overloaded";
    case host_state::drained: return "drained";
    default: return "unknown";
    }
}

std::vector<route_host> module_view::route() const
{
    std::vector<route_host> route;
    for (const host_view &one : hosts)
        route.push_back(one.host);
    return route;
}

static void count(const call_status &row, int64_t now, host_view *host)
{
    host->ts = std::max(host->ts, row.ts);
    if (row.ts < now - FRESH_SECONDS)
        return;
    ++host->callers;
    host->overloaded_by += row.overloaded;
    host->calls += row.calls;
    host->failures += row.failures;
}

static host_state state_of(const host_view &host)
{
    if (host.host.drained())
        return host_state::drained;
    if (host.callers == 0)
        return host_state::unknown;
    return 2 * host.overloaded_by > host.callers ? host_state::overloaded : host_state::healthy;
}

static void judge(int64_t now, module_view *view)
{
    for (const call_status &row : view->reports) {
        const auto host = std::lower_bound(view->hosts.begin(), view->hosts.end(), row.host,
                                           [](const host_view &one, const endpoint &address) {
                                               return one.host.address < address;
                                           });
        if (host != view->hosts.end() && host->host.address == row.host)
            count(row, now, &*host);
    }
    for (host_view &host : view->hosts) {
        host.state = state_of(host);
        view->calls += host.calls;
        view->failures += host.failures;
        view->ts = std::max(view->ts, host.ts);
    }
}

namespace {

class view_reader {
public:
    view_reader(const std::vector<module_id> &modules, std::vector<module_view> *views)
        : _modules(modules), _views(views), _routes(modules.size())
    {
        views->clear();
        for (const module_id &module : modules) {
            _places.emplace(module, views->size());
            views->emplace_back();
            views->back().module = module;
        }
    }

    status read_routes(db_client &client)
    {
        const status s =
            read_route_data(&client, " WHERE " + condition_of(_modules, id_form::as_unsigned),
                            [this](const stored_route &row) {
                                // What is no route is the dns's to complain of.
                                const auto place = _places.find(row.module);
                                if (row.readable && !row.port_is_none() && place != _places.end())
                                    _routes[place->second].push_back(row.as_row().host);
                                return status();
                            });
        for (size_t i = 0; i < _routes.size(); ++i) {
            sort_hosts(&_routes[i]);
            for (const route_host &host : _routes[i]) {
                (*_views)[i].hosts.emplace_back();
                (*_views)[i].hosts.back().host = host;
            }
        }
        return s;
    }

    status read_reports(db_client &client)
    {
        return read_call_status(client, " WHERE " + condition_of(_modules, id_form::as_signed),
                                [this](const call_status &row) {
                                    const auto place = _places.find(row.module);
                                    if (place != _places.end())
                                        (*_views)[place->second].reports.push_back(row);
                                });
    }

private:
    const std::vector<module_id> &_modules;
    std::vector<module_view> *_views;
    std::unordered_map<module_id, size_t, module_id_hash> _places;
    std::vector<std::vector<route_host>> _routes;
};

}  // namespace

status read_module_views(db_client &client, const std::vector<module_id> &modules, int64_t now,
                         std::vector<module_view> *views)
{
    view_reader reader(modules, views);
    if (status s = reader.read_routes(client); !s)
        return s;
    if (status s = reader.read_reports(client); !s)
        return s;
    for (module_view &view : *views)
        judge(now, &view);
    return {};
}

}  // namespace lars
