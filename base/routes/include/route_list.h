// Routes as text that people and other programs write and read: CSV and JSON. Any thread.
//
// CSV has a first line that names the columns, and a line for each host:
//     modid,cmdid,host,port,weight
//     1,2,10.0.0.1,80,100
// The weight may be empty or missing, and its column too: it is then 100. A field may stand
// between double quotes, and lines may end with CR LF.
//
// JSON is an array of modules; a weight may be missing there as well:
//     [{"modid":1,"cmdid":2,"hosts":[{"host":"10.0.0.1:80","weight":100}]}]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

enum class list_format { csv, json };

// "csv" or "json".
std::optional<list_format> parse_list_format(std::string_view name);
// By the ending ".csv" or ".json".
std::optional<list_format> list_format_of(std::string_view path);

// More bytes than this no list may have; a million routes are about 30 MB.
constexpr size_t LONGEST_ROUTE_LIST = size_t{128} << 20;

// Reads TEXT into *ROUTES: each module that has hosts once, in ascending order, and its hosts in
// order. What stands there twice counts once; a host with two weights in one module is an
// error. Ids are those of parse_id(); hosts that nobody can call, and keys that are not known,
// are refused. An error, bad_data, begins with where it is: "line 3", "line 2, column 7" or
// "[0].hosts[2].weight", counted from 1 and from 0 as usual; *ROUTES is then unchanged. What
// it quotes is short and printable.
status parse_route_list(std::string_view text, list_format format,
                        std::vector<module_route> *routes);

// The other way round; ROUTES as parse_route_list() makes them.
std::string route_list_text(const std::vector<module_route> &routes, list_format format);

}  // namespace lars
