// What the error numbers of the server and of its client library mean. Any thread.
#pragma once

#include "status.h"

namespace lars {

// Returns the kind of the error with that number, as db_client.h lists them.
status_kind kind_of_db_error(unsigned code);

// True if the server has sent it, false if it is the client library's own.
bool comes_from_server(unsigned code);

// True if the server says that it does not do its work for now, so that another one may.
bool serves_nobody(unsigned code);

// True if a connection is of no use after that error.
bool ends_connection(unsigned code);

}  // namespace lars
