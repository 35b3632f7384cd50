// What a change of a module's hosts asks for, read from JSON. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

struct change_request {
    std::string version;            // of the hosts that the writer has seen
    std::vector<route_host> set;    // to be added, or to have that weight
    std::vector<endpoint> removed;  // "remove"
    std::optional<module_id> to;    // where "hosts" move
    std::vector<endpoint> moved;    // "hosts"
    std::optional<std::string> to_version;
    bool preview = false;
    std::string note;
};

// Which of a change's members a request may have.
enum class change_kind { change, move, undo };

// Reads TEXT. An error (bad_data) names the member that is wrong, and how; *OUT is then
// unchanged.
status read_change_request(const std::string &text, change_kind kind, change_request *out);

// Whether TEXT is UTF-8 on one line, of MOST characters at most: a note, a name.
bool is_short_text(const std::string &text, size_t most);

}  // namespace lars
