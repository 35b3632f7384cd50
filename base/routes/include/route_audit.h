// The record of who changed which routes: the table RouteAudit. route_editor writes it, and
// this reads it. Each call is made in the thread that uses CLIENT, which is connected, and
// blocks until the database has answered. Errors are those of db_client: missing where the
// database has no such table, which one of an older Lars has not, and changes are then not
// recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route_edit.h"
#include "status.h"

namespace lars {

// A row of it. Other programs can write rows too, so that the texts may be anything.
struct audit_entry {
    uint64_t id = 0;
    int64_t ts = 0;  // Unix seconds
    std::string who;
    module_id module;  // with "accept" none: (0,0)
    std::string action;
    std::string before;  // as audit_text() makes it
    std::string after;   // the same
    std::string note;
};

struct audit_page {
    std::optional<module_id> module;  // nothing: of all modules
    std::optional<uint64_t> before;   // entries with lower ids than this; nothing: the newest
    uint64_t limit = 50;
};

// *ENTRIES becomes the page, newest first.
status read_audit(db_client *client, const audit_page &page, std::vector<audit_entry> *entries);

// Whether a change with that action may be of several modules: clear, move, import and undo.
bool may_be_of_several(edit_action action);

// The last change that touched MODULE and is in the record, whatever it was, also an undo:
// *CHANGE becomes its entries, one for each module that it touched, oldest first. None if there
// is no such change. Entries belong to one change if their action may be of several modules,
// their ids follow each other and they have the same ts, who and action; route_editor sees to it
// that two changes differ in these.
status last_audit(db_client *client, const module_id &module, std::vector<audit_entry> *change);

// *EDITS becomes what takes CHANGE back, in all its modules: to be given to
// route_editor::apply() with edit_action::undo. (A second undo so takes back the first.)
// Rejected if a list of hosts was too long to be recorded, or is none.
status edits_to_undo(const std::vector<audit_entry> &change, std::vector<route_edit> *edits);

}  // namespace lars
