// What the error numbers of the server and of its client library mean. Any thread.
#pragma once

#include "status.h"

namespace lars {

// Which kind of failure CODE is: see db_client.h.
status_kind kind_of_db_error(unsigned code);

// True where the server closes the connection after such an error.
bool ends_connection(unsigned code);

}  // namespace lars
