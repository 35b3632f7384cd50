// The edits of route_editor that say what they expect to find.
#include <algorithm>

#include "change_notes.h"
#include "route_audit.h"
#include "route_data.h"
#include "route_editor.h"
#include "route_rows.h"

namespace lars {

static status refuse(const module_id &module, const std::string &why)
{
    return status::error("module " + module.to_string() + " " + why, status_kind::rejected);
}

// Brings the list in order; an error if a host stands in it twice.
static status bring_in_order(const module_id &module, std::vector<route_host> *hosts)
{
    const size_t all = hosts->size();
    sort_hosts(hosts);
    return hosts->size() == all ? status() : refuse(module, "has a host twice in one list");
}

static status bring_in_order(std::vector<route_edit> *edits)
{
    std::sort(edits->begin(), edits->end(),
              [](const route_edit &a, const route_edit &b) { return a.module < b.module; });
    const module_id *last = nullptr;
    for (route_edit &edit : *edits) {
        if (last && *last == edit.module)
            return refuse(edit.module, "stands twice in one change");
        last = &edit.module;
        if (status s = bring_in_order(edit.module, &edit.expected); !s)
            return s;
        if (status s = bring_in_order(edit.module, &edit.wanted); !s)
            return s;
    }
    return {};
}

status route_editor::find_conflict(const std::vector<route_edit> &edits,
                                   std::optional<module_route> *found)
{
    std::vector<std::string> modules;
    for (const route_edit &edit : edits)
        modules.push_back(condition_of(edit.module));
    std::vector<module_route> present;
    if (status s = in_batches(modules,
                              [&](const std::string &condition) {
                                  return read_routes(_client, condition,
                                                     [&present](const module_route &route) {
                                                         present.push_back(route);
                                                         return status();
                                                     });
                              });
        !s)
        return s;
    // Both are in ascending order, and a module without hosts is not among PRESENT.
    auto next = present.begin();
    for (const route_edit &edit : edits) {
        const bool is_there = next != present.end() && next->module == edit.module;
        if (is_there ? next->hosts != edit.expected : !edit.expected.empty()) {
            *found = module_route{edit.module, is_there ? next->hosts : std::vector<route_host>()};
            return {};
        }
        if (is_there)
            ++next;
    }
    return {};
}

status route_editor::apply(std::vector<route_edit> edits, edit_action action, edit_outcome *outcome)
{
    if (status s = bring_in_order(&edits); !s)
        return s;
    std::vector<route_edit> changed;
    for (const route_edit &edit : edits)
        if (edit.expected != edit.wanted)
            changed.push_back(edit);
    if (changed.size() > 1 && !may_be_of_several(action))
        return status::error(std::string(to_string(action)) + " changes one module and not " +
                                 std::to_string(changed.size()),
                             status_kind::rejected);
    return change([&](change_notes &notes) {
        *outcome = {};
        if (status s = find_conflict(edits, &outcome->conflict); !s || outcome->conflict)
            return s;
        outcome->applied = true;
        outcome->edits = changed;
        if (changed.empty())
            return status();
        const status s = write_rows(_client, changed);
        return s ? notes.add(action, changed) : s;
    });
}

status route_editor::replace_all(const std::vector<module_route> &wanted, const std::string &mark,
                                 edit_outcome *outcome)
{
    const module_route *last = nullptr;
    for (const module_route &route : wanted) {
        std::vector<route_host> sorted = route.hosts;
        sort_hosts(&sorted);
        if (sorted.empty() || sorted != route.hosts || (last && !(last->module < route.module)))
            return refuse(route.module, "is not in order, or has no host or one twice");
        last = &route;
    }
    return change([&](change_notes &notes) {
        *outcome = {};
        std::vector<module_route> present;
        if (status s = read_all(&present); !s)
            return s;
        if (table_mark_of(present) != mark)
            return status();
        outcome->applied = true;
        outcome->edits = difference(present, wanted);
        if (outcome->edits.empty())
            return status();
        const status s = write_rows(_client, outcome->edits);
        return s ? notes.add(edit_action::import, outcome->edits) : s;
    });
}

}  // namespace lars
