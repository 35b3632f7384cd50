#include "free_port.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

namespace lars::test {

static bool is_free(uint16_t port, int type)
{
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
    close(fd);
    return bound;
}

uint16_t free_port(int count)
{
    // By chance, so that tests running at the same time rarely meet.
    std::random_device source;
    std::uniform_int_distribution<int> any(10000, 32000);
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const int first = any(source);
        int good = 0;
        while (good < count && is_free(static_cast<uint16_t>(first + good), SOCK_STREAM) &&
               is_free(static_cast<uint16_t>(first + good), SOCK_DGRAM))
            ++good;
        if (good == count)
            return static_cast<uint16_t>(first);
    }
    return 0;
}

}  // namespace lars::test
