// Which kind of failure a number from the server or its client library is.
#pragma once

#include "db_client.h"

namespace lars {

db_error classify_db_error(unsigned code);

// True where the server closes the connection after such an error.
bool ends_connection(unsigned code);

}  // namespace lars
