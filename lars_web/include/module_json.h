// A module in the JSON interface (docs/web.md has the shapes). Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "call_history.h"
#include "module_view.h"

namespace lars {

struct module_name_list {
    std::map<int32_t, std::string> modids;
    std::map<int32_t, std::string> cmdids;
};

// As the list of modules has it.
nlohmann::json to_json(const module_view &view, const module_name_list &names,
                       const module_history &history);
// Adds to *BODY what the module's own page has besides: callers, version, history.
void add_details(const module_view &view, const module_history &history, int64_t now,
                 nlohmann::json *body);

}  // namespace lars
