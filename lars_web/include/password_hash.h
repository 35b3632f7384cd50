// Passwords as crypt(3) keeps them. Any thread. Each call takes a processor for about a tenth
// of a second, which is its purpose.
#pragma once

#include <string>

#include "status.h"

namespace lars {

// Passwords have 8 to 512 bytes, none of them 0.
status check_password(const std::string &password);
// A hash of PASSWORD, with a salt of its own (yescrypt), into *HASH.
status hash_password(const std::string &password, std::string *hash);
// Whether HASH, of whatever kind crypt(3) knows, is that of PASSWORD.
bool password_matches(const std::string &password, const std::string &hash);
// Whether crypt(3) can check a password against HASH.
bool is_password_hash(const std::string &hash);

}  // namespace lars
