#include "route_rows.h"

#include <algorithm>
#include <map>

#include "route_data.h"

namespace lars {

status read_routes(db_client *client, const std::string &condition,
                   const std::function<status(const module_route &route)> &each,
                   unreadable_rows others)
{
    module_route route;
    status s = read_route_data(
        client, " WHERE " + condition + ORDER_OF_ROUTES, [&](const stored_route &row) {
            // Some other tool's mistake; it is nobody's host.
            if (row.port_is_none() || (!row.readable && others == unreadable_rows::passed_over))
                return status();
            if (!row.readable)
                return status::error("row " + row.id + " of RouteData: " + row.readable.message(),
                                     row.readable.kind());
            if (row.module != route.module && !route.hosts.empty()) {
                if (status done = each(route); !done)
                    return done;
                route.hosts.clear();
            }
            route.module = row.module;
            const route_host host = row.as_row().host;
            if (route.hosts.empty() || route.hosts.back().address != host.address)
                route.hosts.push_back(host);
            return status();
        });
    return s && !route.hosts.empty() ? each(route) : s;
}

status in_batches(const std::vector<std::string> &conditions,
                  const std::function<status(const std::string &condition)> &run)
{
    constexpr size_t MOST_BYTES = 64 * 1024;
    constexpr size_t MOST_PARTS = 500;
    std::string together;
    size_t parts = 0;
    for (const std::string &condition : conditions) {
        together += (together.empty() ? "(" : " OR (") + condition + ")";
        if (++parts < MOST_PARTS && together.size() < MOST_BYTES)
            continue;
        if (status s = run(together); !s)
            return s;
        together.clear();
        parts = 0;
    }
    return together.empty() ? status() : run(together);
}

namespace {

struct row_changes {
    std::vector<std::string> gone;                            // conditions
    std::map<uint32_t, std::vector<std::string>> reweighted;  // the same, by the new weight
    std::vector<route_row> added;
};

}  // namespace

// Conditions that select the rows of HOSTS, none of them too long.
static void add_conditions(const module_id &module, const std::vector<route_host> &hosts,
                           std::vector<std::string> *conditions)
{
    constexpr std::ptrdiff_t MOST_HOSTS = 1000;
    for (auto begin = hosts.begin(); begin != hosts.end();) {
        const auto end = begin + std::min(MOST_HOSTS, hosts.end() - begin);
        conditions->push_back(condition_of(module, {begin, end}));
        begin = end;
    }
}

static void add_changes(const route_edit &edit, row_changes *changes)
{
    const auto by_address = [](const route_host &a, const route_host &b) {
        return a.address < b.address;
    };
    std::map<uint32_t, std::vector<route_host>> reweighted;
    for (const route_host &host : edit.wanted) {
        const auto was =
            std::lower_bound(edit.expected.begin(), edit.expected.end(), host, by_address);
        if (was == edit.expected.end() || was->address != host.address)
            changes->added.push_back({edit.module, host});
        else if (was->weight != host.weight)
            reweighted[host.weight].push_back(host);
    }
    for (const auto &[weight, hosts] : reweighted)
        add_conditions(edit.module, hosts, &changes->reweighted[weight]);
    if (edit.wanted.empty()) {
        changes->gone.push_back(condition_of(edit.module));
        return;
    }
    std::vector<route_host> gone;
    std::set_difference(edit.expected.begin(), edit.expected.end(), edit.wanted.begin(),
                        edit.wanted.end(), std::back_inserter(gone), by_address);
    add_conditions(edit.module, gone, &changes->gone);
}

status write_rows(db_client *client, const std::vector<route_edit> &edits)
{
    row_changes changes;
    for (const route_edit &edit : edits)
        add_changes(edit, &changes);
    if (status s =
            in_batches(changes.gone,
                       [client](const std::string &condition) {
                           return client->execute("DELETE FROM RouteData WHERE " + condition);
                       });
        !s)
        return s;
    for (const auto &[weight, conditions] : changes.reweighted) {
        if (status s = in_batches(conditions,
                                  [client, weight = weight](const std::string &condition) {
                                      return set_route_weights(client, weight, condition);
                                  });
            !s)
            return s;
    }
    return insert_route_rows(client, changes.added);
}

}  // namespace lars
