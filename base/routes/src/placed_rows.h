// What the two kinds of route lists have in common. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

// A row, and where it stands: the line of a CSV list; the module and the host in it of a JSON
// list.
struct placed_row {
    route_row row;
    uint32_t line = 0;
    uint32_t host = 0;
};

// Up to 40 bytes of TEXT between single quotes, with "?" for what is not printable.
std::string in_quotes(std::string_view text);

// The error that PLACE, such as "line 3", holds WHAT.
status list_error(const std::string &place, const std::string &what);

// Groups ROWS. The error names both places, by PLACE, of a host with two weights.
status group_placed_rows(std::vector<placed_row> rows,
                         const std::function<std::string(const placed_row &row)> &place,
                         std::vector<module_route> *routes);

status parse_csv_list(std::string_view text, std::vector<module_route> *routes);
status parse_json_list(std::string_view text, std::vector<module_route> *routes);

}  // namespace lars
