#include "route_list.h"

#include "placed_rows.h"

namespace lars {

std::optional<list_format> parse_list_format(std::string_view name)
{
    if (name == "csv")
        return list_format::csv;
    return name == "json" ? std::optional(list_format::json) : std::nullopt;
}

std::optional<list_format> list_format_of(std::string_view path)
{
    const size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? std::nullopt : parse_list_format(path.substr(dot + 1));
}

status parse_route_list(std::string_view text, list_format format,
                        std::vector<module_route> *routes)
{
    if (text.size() > LONGEST_ROUTE_LIST)
        return status::error("a list of routes has at most " +
                                 std::to_string(LONGEST_ROUTE_LIST >> 20) + " MiB, this one has " +
                                 std::to_string(text.size() >> 20),
                             status_kind::bad_data);
    return format == list_format::csv ? parse_csv_list(text, routes)
                                      : parse_json_list(text, routes);
}

static std::string csv_text(const std::vector<module_route> &routes)
{
    std::string text = "modid,cmdid,host,port,weight\n";
    for (const module_route &route : routes) {
        const std::string module =
            std::to_string(route.module.modid) + "," + std::to_string(route.module.cmdid) + ",";
        for (const route_host &host : route.hosts)
            text += module + ip_to_string(host.address.ip) + "," +
                    std::to_string(host.address.port) + "," + std::to_string(host.weight) + "\n";
    }
    return text;
}

// A module a line, so that a comparison of two lists shows what has changed.
static std::string json_text(const std::vector<module_route> &routes)
{
    std::string text = "[";
    for (const module_route &route : routes) {
        text += (text.size() == 1 ? "\n" : ",\n") +
                ("{\"modid\":" + std::to_string(route.module.modid)) +
                ",\"cmdid\":" + std::to_string(route.module.cmdid) + ",\"hosts\":[";
        for (const route_host &host : route.hosts)
            text += std::string(&host == &route.hosts.front() ? "" : ",") + "{\"host\":\"" +
                    host.address.to_string() + "\",\"weight\":" + std::to_string(host.weight) + "}";
        text += "]}";
    }
    return text + "\n]\n";
}

std::string route_list_text(const std::vector<module_route> &routes, list_format format)
{
    return format == list_format::csv ? csv_text(routes) : json_text(routes);
}

}  // namespace lars
