// What sessions and tokens need of cryptography. OpenSSL does the work. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "status.h"

namespace lars {

// COUNT random bytes that nobody can guess, into *BYTES.
status random_bytes(size_t count, std::string *bytes);
std::string to_hex(std::string_view bytes);

// As hexadecimal digits in lower case. Throws std::runtime_error if OpenSSL cannot.
std::string sha256_hex(std::string_view text);
// HMAC-SHA256, in the same way.
std::string hmac_hex(std::string_view key, std::string_view text);

// Takes the same time wherever A and B differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace lars
