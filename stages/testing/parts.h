// What the files of the kit share among themselves. Not for tests.
#ifndef STAGES_PARTS_H
#define STAGES_PARTS_H

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace kit {

typedef std::chrono::steady_clock clock;

sockaddr_in local(uint16_t port);              // of 127.0.0.1
bool readable(int fd, int ms);                 // within so long; at once false for -1
int field_at(const std::string &bytes, size_t at);   // a little-endian int32
std::string seconds(int ms);                   // "5 s", "150 ms"
const char *bytes(size_t n);                   // " byte" or " bytes"

}  // namespace kit

#endif
