#include "route_data.h"

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
    return {module, {{ip, static_cast<uint16_t>(port)}}};
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
    uint64_t port = 0;
    return row.get_unsigned(4, &port, HIGHEST_PORT);
}

status read_route_data(db_client *client, const std::string &rest,
                       const std::function<status(const stored_route &row)> &each)
{
    return client->query("SELECT id, modid, cmdid, serverip, serverport FROM RouteData" + rest,
                         [&each](const db_row &row) {
                             stored_route read;
                             read.id = row[0].value_or("?");
                             read.readable = read_columns(row, &read);
                             return each(read);
                         });
}

status insert_route_data(db_client *client, const module_route &route)
{
    std::string values;
    for (const route_host &host : route.hosts) {
        values += (values.empty() ? "(" : ", (") + as_unsigned(route.module.modid) + ", " +
                  as_unsigned(route.module.cmdid) + ", " + std::to_string(host.address.ip) + ", " +
                  std::to_string(host.address.port) + ")";
    }
    return client->execute("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES " +
                           values);
}

std::string condition_of(const module_id &module)
{
    return "modid = " + as_unsigned(module.modid) + " AND cmdid = " + as_unsigned(module.cmdid);
}

}  // namespace lars
