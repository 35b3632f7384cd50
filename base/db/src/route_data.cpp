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

// "(1, 2, 167772161, 80, 50)"
static std::string values_of(const route_row &row, bool weighted)
{
    return "(" + as_unsigned(row.module.modid) + ", " + as_unsigned(row.module.cmdid) + ", " +
           std::to_string(row.host.address.ip) + ", " + std::to_string(row.host.address.port) +
           (weighted ? ", " + std::to_string(row.host.weight) : "") + ")";
}

status insert_route_rows(db_client *client, const std::vector<route_row> &rows)
{
    // Of one statement: far below what a server takes at once.
    constexpr size_t MOST_ROWS = 2000;
    const bool weighted = std::any_of(rows.begin(), rows.end(), [](const route_row &row) {
        return row.host.weight != route_host::DEFAULT_WEIGHT;
    });
    for (size_t begin = 0; begin < rows.size(); begin += MOST_ROWS) {
        std::string values;
        for (size_t i = begin; i < std::min(rows.size(), begin + MOST_ROWS); ++i)
            values += (values.empty() ? "" : ", ") + values_of(rows[i], weighted);
        const status s =
            client->execute("INSERT INTO RouteData (modid, cmdid, serverip, serverport" +
                            std::string(weighted ? ", weight" : "") + ") VALUES " + values);
        if (!s)
            return weighted ? explain_missing_weight(s) : s;
    }
    return {};
}

status insert_route_data(db_client *client, const module_route &route)
{
    std::vector<route_row> rows;
    for (const route_host &host : route.hosts)
        rows.push_back({route.module, host});
    return insert_route_rows(client, rows);
}

status set_route_weight(db_client *client, const module_id &module, const route_host &host)
{
    return set_route_weights(client, host.weight, condition_of(module, {host}));
}

status set_route_weights(db_client *client, uint32_t weight, const std::string &condition)
{
    return explain_missing_weight(client->execute(
        "UPDATE RouteData SET weight = " + std::to_string(weight) + " WHERE " + condition));
}

std::string condition_of(const module_id &module)
{
    return "modid = " + as_unsigned(module.modid) + " AND cmdid = " + as_unsigned(module.cmdid);
}

std::string condition_of(const module_id &module, const std::vector<route_host> &hosts)
{
    std::string addresses;
    for (const route_host &host : hosts)
        addresses += (addresses.empty() ? "(" : ", (") + std::to_string(host.address.ip) + ", " +
                     std::to_string(host.address.port) + ")";
    return condition_of(module) + " AND (serverip, serverport) IN (" + addresses + ")";
}

}  // namespace lars
