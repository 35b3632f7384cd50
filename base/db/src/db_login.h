// The files that a connection begins with: the password's, and those of TLS.
#pragma once

#include <string>

#include "db_client.h"

namespace lars {

// *PASSWORD becomes the password of OPTIONS, or what their file holds now. If it cannot be
// read or holds none, the error is unavailable and names the file. Any thread.
status read_db_password(const db_options &options, std::string *password);

// An error, which is unavailable and names key and file, if one of the TLS files cannot be
// read: the library only says that something went wrong. Any thread.
status check_tls_files(const db_options &options);

// What a user of [mysql] should know about a connect that has failed with the error CODE:
// ": ..." or an empty text. OFFERS_TLS: the server said that it could have TLS.
std::string connect_advice(const db_options &options, unsigned code, bool offers_tls);

}  // namespace lars
