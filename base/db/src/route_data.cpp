#include "route_data.h"

#include <algorithm>
#include <limits>

namespace lars {

static constexpr uint64_t HIGHEST_PORT = std::numeric_limits<uint16_t>::max();

static std::string as_unsigned(int32_t id)
{
    return std::to_string(static_cast<uint32_t>(id));
}

bool stored_route::port_is_none() const
{
    return port > HIGHEST_PORT;
}

route_row stored_route::as_row() const
{
    return {module, {{ip, static_cast<uint16_t>(port)}, weight}};
}

static status read_columns(const db_row &row, stored_route *out)
{
    uint64_t ip = 0;
    if (status s = row.get_id(1, &out->module.modid); !s)
        return s;
    if (status s = row.get_id(2, &out->module.cmdid); !s)
        return s;
    if (status s = row.get_unsigned(3, &ip, std::numeric_limits<uint32_t>::max()); !s)
        return s;
    out->ip = static_cast<uint32_t>(ip);
    if (status s = row.get_unsigned(4, &out->port); !s)
        return s;
    uint64_t weight = 0;
    if (status s = row.get_unsigned(5, &weight, std::numeric_limits<uint32_t>::max()); !s)
        return s;
    out->weight = static_cast<uint32_t>(weight);
    uint64_t port = 0;
    return row.get_unsigned(4, &port, HIGHEST_PORT);
}

status read_route_data(db_client *client, const std::string &rest,
                       const std::function<status(const stored_route &row)> &each)
{
    // The join adds the column weight to a table that has none, and nothing to one that
    // has it: so no statement has to be tried first, and an upgrade is seen at once.
    static const std::string weights = " NATURAL LEFT JOIN (SELECT " +
                                       std::to_string(route_host::DEFAULT_WEIGHT) +
                                       " AS weight) AS usual";
    return client->stream("SELECT id, modid, cmdid, serverip, serverport, weight FROM RouteData" +
                              weights + rest,
                          [&each](const db_row &row) {
                              stored_route read;
                              read.id = row[0].value_or("?");
                              read.readable = read_columns(row, &read);
                              return each(read);
                          });
}

// Of a statement that names the column weight.
static status explain_missing_weight(const status &s)
{
    if (s.kind() != status_kind::missing)
        return s;
    return status::error(s.message() + ": RouteData is of an older Lars, which had no weights; load"
                                       " base/sql/upgrade.sql into the database first",
                         status_kind::rejected);
}

status insert_route_data(db_client *client, const module_route &route)
{
    const bool weighted =
        std::any_of(route.hosts.begin(), route.hosts.end(), [](const route_host &host) {
            return host.weight != route_host::DEFAULT_WEIGHT;
        });
    std::string values;
    for (const route_host &host : route.hosts) {
        values += (values.empty() ? "(" : ", (") + as_unsigned(route.module.modid) + ", " +
                  as_unsigned(route.module.cmdid) + ", " + std::to_string(host.address.ip) + ", " +
                  std::to_string(host.address.port) +
                  (weighted ? ", " + std::to_string(host.weight) : "") + ")";
    }
    const status done =
        client->execute("INSERT INTO RouteData (modid, cmdid, serverip, serverport" +
                        std::string(weighted ? ", weight" : "") + ") VALUES " + values);
    return weighted ? explain_missing_weight(done) : done;
}

status set_route_weight(db_client *client, const module_id &module, const route_host &host)
{
    return explain_missing_weight(client->execute(
        "UPDATE RouteData SET weight = " + std::to_string(host.weight) + " WHERE " +
        condition_of(module) + " AND serverip = " + std::to_string(host.address.ip) +
        " AND serverport = " + std::to_string(host.address.port)));
}

std::string condition_of(const module_id &module)
{
    return "modid = " + as_unsigned(module.modid) + " AND cmdid = " + as_unsigned(module.cmdid);
}

}  // namespace lars
