// What a change of routes writes besides the rows of RouteData: RouteVersion, RouteChange and
// RouteAudit. Used within the change's transaction, by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db_client.h"
#include "route_edit.h"
#include "status.h"

namespace lars {

class change_notes {
public:
    // Both outlive this.
    change_notes(db_client *client, const edit_author *author) : _client(client), _author(author) {}

    // Makes the row of RouteVersion if it is not there, and locks it: with this every change
    // begins.
    status begin();
    // The modules of EDITS, in ascending order, have changed like that.
    status add(edit_action action, const std::vector<route_edit> &edits);
    // All modules go, and those of EDITS, in ascending order, had hosts. Called while
    // RouteData still holds them.
    status add_clear(const std::vector<route_edit> &edits);
    status add_acceptance();

    // Why nothing was written into RouteAudit; ok where it was.
    const status &unrecorded() const { return _unrecorded; }

private:
    status advance_version();
    status note_modules(const std::vector<route_edit> &edits);
    status note_acceptance();
    status record(edit_action action, const std::vector<route_edit> &edits);
    status find_time(edit_action action);
    status tolerate(const status &s);
    std::string entry_begin(edit_action action, const std::string &modid,
                            const std::string &cmdid) const;

    db_client *_client;
    const edit_author *_author;
    int64_t _ts = 0;
    status _unrecorded;
};

}  // namespace lars
