// What is changed about routes, in the words of the changed tables. These are values like any
// other, and any thread may use them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

// What somebody did, as the column action of RouteAudit names it.
enum class edit_action { add, del, weight, drain, undrain, clear, move, import, undo, accept };
const char *to_string(edit_action action);

// Who changes routes, and why.
struct edit_author {
    static constexpr size_t MOST_OF_WHO = 64;    // characters, which are not bytes
    static constexpr size_t MOST_OF_NOTE = 255;  // the same

    std::string who;
    std::string note;

    // Rejected, with words that name what is wrong, if one is longer than that, is not UTF-8,
    // or holds control characters such as a line's end.
    status check() const;
};

// A change of one module. Each list has a host once, in any order. Weights may be 0.
struct route_edit {
    module_id module;
    std::vector<route_host> expected;  // what the module has before
    std::vector<route_host> wanted;    // and after; none: the module has no route any more
};

// Which action the edit is, for somebody who did not say it: drain or undrain if nothing but
// weights change and all of them to 0 or from 0; add, del or weight if it does that alone; of
// several, the first of add, del and weight that it does.
edit_action action_of(const route_edit &edit);

// "10.0.0.1:80@100,10.0.0.2:80@0": all HOSTS in order, each with its weight; the form that
// RouteAudit has. A list of more than 65535 bytes, which is what a column of type text holds,
// is cut behind a whole host and ends with ",...".
std::string audit_text(std::vector<route_host> hosts);
// Reads that form. Nothing if TEXT is something else, or was cut.
std::optional<std::vector<route_host>> parse_audit_text(std::string_view text);

// What differs between two tables, an edit for each module that is another one or has another
// route, in ascending order of the modules. Both have each module once, in ascending order,
// and hosts in order, as route_editor::read_all() gives them.
std::vector<route_edit> difference(const std::vector<module_route> &present,
                                   const std::vector<module_route> &wanted);

// Sixteen hexadecimal digits that differ where the lists differ; the same for the same hosts
// in another order, in every process and on every machine. For noticing that somebody else
// has changed them; not a proof against somebody who looks for two lists with the same mark.
std::string hosts_mark(std::vector<route_host> hosts);
// The same of a whole table, in the order that difference() wants.
std::string table_mark_of(const std::vector<module_route> &routes);

}  // namespace lars
