// Which modules there are, in pages. One thread at a time; CLIENT is connected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"

namespace lars {

struct module_page {
    std::vector<module_id> modules;  // in order of the unsigned ids
    bool more = false;
    uint64_t total = 0;  // of all pages
};

// Finds modules that have a route. TEXT is empty (all), an id, both ids ("1 2" or "1,2"), or a
// part of a name of either id. *PAGE becomes at most MOST of them, those behind AFTER.
status find_modules(db_client &client, const std::string &text,
                    const std::optional<module_id> &after, size_t most, module_page *page);

}  // namespace lars
