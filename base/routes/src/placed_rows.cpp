#include "placed_rows.h"

#include <algorithm>

namespace lars {

std::string in_quotes(std::string_view text)
{
    constexpr size_t MOST = 40;
    std::string shown;
    for (const char c : text.substr(0, MOST))
        shown += c >= ' ' && c <= '~' ? c : '?';
    return "'" + shown + (text.size() > MOST ? "..." : "") + "'";
}

status list_error(const std::string &place, const std::string &what)
{
    return status::error(place + ": " + what, status_kind::bad_data);
}

status group_placed_rows(std::vector<placed_row> rows,
                         const std::function<std::string(const placed_row &row)> &place,
                         std::vector<module_route> *routes)
{
    std::stable_sort(rows.begin(), rows.end(), [](const placed_row &a, const placed_row &b) {
        return a.row.module != b.row.module ? a.row.module < b.row.module
                                            : a.row.host.address < b.row.host.address;
    });
    std::vector<module_route> grouped;
    const placed_row *last = nullptr;
    for (const placed_row &one : rows) {
        const module_id &module = one.row.module;
        const route_host &host = one.row.host;
        if (!last || last->row.module != module)
            grouped.push_back({module, {host}});
        else if (last->row.host.address != host.address)
            grouped.back().hosts.push_back(host);
        else if (last->row.host != host)
            return list_error(place(one),
                              host.address.to_string() + " of module " + module.to_string() +
                                  " has weight " + std::to_string(host.weight) + " here and " +
                                  std::to_string(last->row.host.weight) + " in " + place(*last));
        last = &one;
    }
    *routes = std::move(grouped);
    return {};
}

}  // namespace lars
