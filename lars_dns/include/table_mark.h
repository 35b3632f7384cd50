// What a database says about the state of the table RouteData without reading it: whoever
// writes rows there moves the mark. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "db_client.h"
#include "status.h"

namespace lars {

struct table_mark {
    // Differs once rows were written; empty: the server does not know (RouteData is a view,
    // say).
    std::string text;
    // It is so new that a further writer of the same second might not move it.
    bool is_fresh = false;
};

// CLIENT is connected, and has not read the table meanwhile.
status read_table_mark(db_client *client, table_mark *out);

}  // namespace lars
