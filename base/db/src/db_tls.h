// TLS as the client library is told of it. MariaDB's and MySQL's differ in that.
#pragma once

#include <mysql.h>

#include "db_client.h"

namespace lars {

// Before the connect. The connection that HANDLE makes then has TLS if OPTIONS need it, or
// fails; its certificate is checked if they say so.
void set_tls_options(MYSQL *handle, const db_options &options);

}  // namespace lars
