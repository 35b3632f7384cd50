// Modules and hosts as the JSON interface and its addresses have them. Any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "route.h"

namespace lars {

// "1,2": two ids as parse_id() takes them.
std::optional<module_id> parse_module(const std::string &text);

// [1, 2]
nlohmann::json to_json(const module_id &module);
// {"host": "10.0.0.1:80", "weight": 100}
nlohmann::json to_json(const route_host &host);
nlohmann::json to_json(const std::vector<route_host> &hosts);

// "modid = 1 AND cmdid = 2 OR ..." of a table whose ids are unsigned (RouteData) or signed
// (ServerCallStatus, CallHistory); FALSE where there are no MODULES.
enum class id_form { as_unsigned, as_signed };
std::string condition_of(const std::vector<module_id> &modules, id_form form);

}  // namespace lars
