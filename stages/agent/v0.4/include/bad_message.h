// Any thread: a body of len bytes was not what its msgid says. The first one is told, the
// second, the fourth, the eighth and so on: whoever sends rubbish cannot fill the log.
#pragma once

#include <cstdint>

void bad_message(const char *what, uint32_t len);
