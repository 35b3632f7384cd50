// The least an echo over TCP can cost: one thread, bare epoll, what is read is sent back at once.
#pragma once

#include <cstdint>

namespace lars::bench {

// Listens on 127.0.0.1; 0 becomes the port taken. The socket, or -1 with errno.
int listen_on_loopback(uint16_t *port);

// Serves whoever connects, until the process ends.
[[noreturn]] void serve_bare_echo(int listening);

}  // namespace lars::bench
