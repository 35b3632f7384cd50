#include "testing.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

#include "journal.h"
#include "parts.h"

namespace kit {

static constexpr int FIRST_PORT = 15000, PORT_BLOCKS = 32, PORTS_OF_A_BLOCK = 500;

sockaddr_in local(uint16_t port)
{
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return addr;
}

static bool can_bind(int type, uint16_t port)
{
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    sockaddr_in addr = local(port);
    bool ok = bind(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == 0;
    close(fd);
    return ok;
}

bool is_free(uint16_t port)
{
    return can_bind(SOCK_STREAM, port) && can_bind(SOCK_DGRAM, port);
}

// Tests of several stages run at once, and between the look at a port and the bind
// of the program that is given it another could take it: each test program
// therefore claims a block of ports for as long as it runs. The claim is a name in
// the system's abstract socket namespace, which goes when the program ends.
static bool claim(int block)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "lars stages, ports %d", block);
    socklen_t size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + static_cast<size_t>(length));
    if (bind(fd, reinterpret_cast<sockaddr *>(&name), size) == 0) {
        return true;   // fd stays open
    }
    close(fd);
    return false;
}

static int claimed_block(std::mt19937 &random)
{
    for (int tries = 0; tries < 10 * PORT_BLOCKS; tries++) {
        int block = static_cast<int>(random() % PORT_BLOCKS);
        if (claim(block)) {
            return block;
        }
    }
    throw std::runtime_error("all blocks of ports are taken by other test programs");
}

// Block by block from one end to the other, so that a port that a test has given up for a while
// (a server that is restarted, a relay that is cut) is not given to the next.
uint16_t free_port()
{
    static std::mt19937 random(std::random_device{}());
    static const int block = claimed_block(random);
    static int given = 0;
    for (int tries = 0; tries < PORTS_OF_A_BLOCK; tries++) {
        uint16_t port = static_cast<uint16_t>(FIRST_PORT + block * PORTS_OF_A_BLOCK + given++ % PORTS_OF_A_BLOCK);
        if (is_free(port)) {
            return port;
        }
    }
    throw std::runtime_error("no port is free");
}

std::string frame_head(int msgid, int msglen)
{
    std::string bytes;
    for (uint32_t field : {static_cast<uint32_t>(msgid), static_cast<uint32_t>(msglen)}) {
        for (int shift = 0; shift < 32; shift += 8) {
            bytes += static_cast<char>(field >> shift & 0xff);
        }
    }
    return bytes;
}

std::string frame(int msgid, const std::string &body)
{
    return frame_head(msgid, static_cast<int>(body.size())) + body;
}

int field_at(const std::string &bytes, size_t at)
{
    uint32_t value = 0;
    for (int i = 3; i >= 0; i--) {
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    }
    return static_cast<int>(value);
}

std::string seconds(int ms)
{
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

const char *bytes(size_t n)
{
    return n == 1 ? " byte" : " bytes";
}

int patience_ms()
{
    static const char *given = getenv("LARS_TEST_PATIENCE_MS");
    static const int ms = given != nullptr ? atoi(given) : 10000;
    return ms;
}

bool eventually(const std::function<bool()> &condition)
{
    clock::time_point end = clock::now() + std::chrono::milliseconds(patience_ms());
    while (!condition()) {
        if (clock::now() > end) {
            note("the test", "waited " + seconds(patience_ms()) + " in vain");
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

int count_of(const std::string &all, const std::string &text)
{
    int n = 0;
    for (size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + text.size())) {
        n++;
    }
    return n;
}

void limit_fds(int more)
{
    int end = 0;
    for (; more > 0 || fcntl(end, F_GETFD) != -1; end++) {
        more -= fcntl(end, F_GETFD) == -1;
    }
    rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(end);
    setrlimit(RLIMIT_NOFILE, &limit);
}

bool readable(int fd, int ms)
{
    pollfd p = {fd, POLLIN, 0};
    return fd != -1 && poll(&p, 1, ms) > 0;   // poll would wait for -1
}

// True if a socket of this table (/proc/net/tcp or udp) is bound to the port and, for TCP, listens.
static bool in_table(const char *table, uint16_t port, const std::string &wanted_state)
{
    std::ifstream in(table);
    std::string line;
    getline(in, line);
    while (getline(in, line)) {
        std::istringstream fields(line);
        std::string slot, address, remote, state;
        fields >> slot >> address >> remote >> state;
        size_t colon = address.find(':');
        if (colon != std::string::npos && state == wanted_state &&
            std::stoul(address.substr(colon + 1), nullptr, 16) == port) {
            return true;
        }
    }
    return false;
}

bool is_served(uint16_t port)
{
    return in_table("/proc/net/tcp", port, "0A") || in_table("/proc/net/udp", port, "07");
}

socket_pair::socket_pair(bool nonblocking)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0, fds) == -1) {
        throw std::runtime_error("socketpair");
    }
    a = fds[0];
    b = fds[1];
}

socket_pair::~socket_pair()
{
    if (a != -1) {
        close(a);
    }
    if (b != -1) {
        close(b);
    }
}

}  // namespace kit
