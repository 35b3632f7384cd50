// Text from a file, made fit to be shown. Any thread.
#pragma once

#include <cstddef>
#include <string>

namespace lars {

// The text with a '?' for each character that does something to a terminal and for each
// byte that is no UTF-8, and with "..." after MOST bytes.
std::string plain_text(const std::string &text, size_t most = 60);

}  // namespace lars
