#include "free_port.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <random>
#include <string>

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

// Between the look at a port and the bind of the program that is given it, a test
// that runs at the same time could take it: each port is therefore claimed by a name
// in the system's abstract socket namespace, for as long as this test program runs.
static bool claim(uint16_t port)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    const std::string text = "lars tests, port " + std::to_string(port);
    memcpy(name.sun_path + 1, text.data(), text.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
    if (bind(fd, reinterpret_cast<sockaddr *>(&name), size) == 0)
        return true;  // fd stays open
    close(fd);
    return false;
}

uint16_t free_port(int count)
{
    std::random_device source;
    std::uniform_int_distribution<int> any(10000, 32000);
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const int first = any(source);
        int good = 0;
        while (good < count && is_free(static_cast<uint16_t>(first + good), SOCK_STREAM) &&
               is_free(static_cast<uint16_t>(first + good), SOCK_DGRAM) &&
               claim(static_cast<uint16_t>(first + good)))
            ++good;
        if (good == count)
            return static_cast<uint16_t>(first);
    }
    return 0;
}

}  // namespace lars::test
