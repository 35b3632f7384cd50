#include "lars_api.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "lars.pb.h"

using std::chrono::steady_clock;

static const int HEAD = 8;   // msgid and msglen, two little-endian ints
static const std::chrono::milliseconds PATIENCE(200);

static bool send_message(int fd, const std::string &body, int msgid)
{
    int head[2] = {msgid, static_cast<int>(body.size())};
    std::string datagram(reinterpret_cast<const char *>(head), HEAD);
    datagram += body;
    // The first send may only tell that the datagram before met nobody.
    for (int tries = 0; tries < 2; tries++) {
        if (send(fd, datagram.data(), datagram.size(), 0) == static_cast<ssize_t>(datagram.size())) {
            return true;
        }
    }
    return false;
}

// Waits for a message with this msgid that is_answer accepts; throws all others away.
template <typename F>
static bool recv_message(int fd, int msgid, F is_answer)
{
    const steady_clock::time_point deadline = steady_clock::now() + PATIENCE;
    char buf[65536];
    while (true) {
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
        if (left <= 0) {
            return false;
        }
        pollfd p = {fd, POLLIN, 0};
        int ready = poll(&p, 1, static_cast<int>(left));
        if (ready == -1 && errno != EINTR) {
            return false;
        }
        if (ready <= 0) {
            continue;
        }
        ssize_t n = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
        if (n == -1 && errno != EINTR && errno != EAGAIN) {
            return false;   // nobody is there
        }
        int head[2];
        if (n < HEAD) {
            continue;
        }
        memcpy(head, buf, HEAD);
        if (head[0] == msgid && head[1] == n - HEAD && is_answer(std::string(buf + HEAD, n - HEAD))) {
            return true;
        }
    }
}

lars_client::lars_client()
{
    const char *port = getenv("LARS_AGENT_PORT");
    open("127.0.0.1", port == NULL ? 8888 : atoi(port));
}

lars_client::lars_client(const char *ip, int base_port)
{
    open(ip, base_port);
}

void lars_client::open(const char *ip, int base_port)
{
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    if (inet_pton(AF_INET, ip, &addr.sin_addr) != 1 || base_port < 1 || base_port > 65533) {
        fprintf(stderr, "lars_client: %s, ports from %d on: no such address\n", ip, base_port);
        exit(1);
    }
    for (int i = 0; i < 3; i++) {
        addr.sin_port = htons(static_cast<uint16_t>(base_port + i));
        _fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (_fds[i] == -1 || connect(_fds[i], reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
            fprintf(stderr, "lars_client: %s:%d: %s\n", ip, base_port + i, strerror(errno));
            exit(1);
        }
    }
}

lars_client::~lars_client()
{
    for (int fd : _fds) {
        close(fd);
    }
}

int lars_client::socket_of(int modid, int cmdid) const
{
    int64_t sum = static_cast<int64_t>(modid) + cmdid;
    return _fds[(sum % 3 + 3) % 3];
}

int lars_client::get_host(int modid, int cmdid, std::string &ip, int &port)
{
    int fd = socket_of(modid, cmdid);
    lars::GetHostRequest request;
    request.set_seq(++_seq);
    request.set_modid(modid);
    request.set_cmdid(cmdid);
    lars::GetHostResponse response;
    if (!send_message(fd, request.SerializeAsString(), lars::ID_GetHostRequest) ||
        !recv_message(fd, lars::ID_GetHostResponse, [&](const std::string &body) {
            return response.ParseFromString(body) && response.seq() == request.seq() && response.modid() == modid &&
                   response.cmdid() == cmdid;
        })) {
        return lars::RET_SYSTEM_ERROR;
    }
    if (response.retcode() == lars::RET_SUCC) {
        in_addr addr = {htonl(static_cast<uint32_t>(response.host().ip()))};
        char text[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &addr, text, sizeof text);
        ip = text;
        port = response.host().port();
    }
    return response.retcode();
}
