#include "lars_api.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "lars.pb.h"

// An agent that has not answered by then is none.
static const int TIMEOUT_MS = 200;

// What stands before each message: its id, and the length of what follows.
struct head {
    int32_t msgid;
    int32_t msglen;
};

static int default_port()
{
    const char *port = getenv("LARS_AGENT_PORT");
    return port != NULL ? atoi(port) : 8888;
}

lars_client::lars_client() : lars_client("127.0.0.1", default_port())
{
}

lars_client::lars_client(const char *ip, int base_port) : _seqid(0)
{
    for (int i = 0; i < 3; i++) {
        sockaddr_in addr;
        memset(&addr, 0, sizeof addr);
        addr.sin_family = AF_INET;
        addr.sin_port = htons(static_cast<uint16_t>(base_port + i));
        _sockfd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        // Connected: the system drops what others send, and tells when nobody is there.
        if (inet_pton(AF_INET, ip, &addr.sin_addr) != 1 || _sockfd[i] == -1 ||
            connect(_sockfd[i], reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
            fprintf(stderr, "lars_client: the agent at %s:%d: %s\n", ip, base_port + i, strerror(errno));
            exit(1);
        }
    }
}

lars_client::~lars_client()
{
    for (int fd : _sockfd) {
        close(fd);
    }
}

// The agent's servers share the modules out in the same way.
int lars_client::socket_of(int modid, int cmdid) const
{
    int64_t sum = static_cast<int64_t>(modid) + cmdid;
    return _sockfd[(sum % 3 + 3) % 3];
}

static bool send_message(int fd, const std::string &body, int msgid)
{
    head h = {msgid, static_cast<int32_t>(body.size())};
    std::string datagram(reinterpret_cast<char *>(&h), sizeof h);
    datagram += body;
    // The first try may hear only that an earlier message did not arrive.
    return send(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL) != -1 ||
           send(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL) != -1;
}

// Waits for the message with this id whose body is_mine() takes. What else comes meanwhile,
// the answer to an older question perhaps, is thrown away. False: it did not come in time.
static bool recv_message(int fd, int msgid, const std::function<bool(const std::string &)> &is_mine)
{
    typedef std::chrono::steady_clock clock;
    clock::time_point end = clock::now() + std::chrono::milliseconds(TIMEOUT_MS);
    while (true) {
        long left = std::chrono::duration_cast<std::chrono::milliseconds>(end - clock::now()).count();
        pollfd p = {fd, POLLIN, 0};
        if (left < 0 || poll(&p, 1, static_cast<int>(left)) <= 0) {
            return false;
        }
        char datagram[65536];
        ssize_t n = recv(fd, datagram, sizeof datagram, MSG_DONTWAIT);
        if (n == -1 && errno != EAGAIN) {
            return false;   // nobody is there
        }
        head h;
        if (n < static_cast<ssize_t>(sizeof h)) {
            continue;
        }
        memcpy(&h, datagram, sizeof h);
        if (h.msgid == msgid && h.msglen == n - static_cast<ssize_t>(sizeof h) &&
            is_mine(std::string(datagram + sizeof h, static_cast<size_t>(h.msglen)))) {
            return true;
        }
    }
}

static std::string to_text(int ip)
{
    in_addr addr;
    addr.s_addr = htonl(static_cast<uint32_t>(ip));
    char text[INET_ADDRSTRLEN];
    return inet_ntop(AF_INET, &addr, text, sizeof text);
}

int lars_client::get_host(int modid, int cmdid, std::string &ip, int &port)
{
    lars::GetHostRequest req;
    req.set_seq(++_seqid);
    req.set_modid(modid);
    req.set_cmdid(cmdid);

    int fd = socket_of(modid, cmdid);
    lars::GetHostResponse rsp;
    if (!send_message(fd, req.SerializeAsString(), lars::ID_GetHostRequest) ||
        !recv_message(fd, lars::ID_GetHostResponse, [&](const std::string &body) {
            return rsp.ParseFromString(body) && rsp.seq() == req.seq() && rsp.modid() == modid && rsp.cmdid() == cmdid;
        })) {
        return lars::RET_SYSTEM_ERROR;
    }
    if (rsp.retcode() == lars::RET_SUCC) {
        ip = to_text(rsp.host().ip());
        port = rsp.host().port();
    }
    return rsp.retcode();
}

void lars_client::report(int modid, int cmdid, const std::string &ip, int port, int retcode)
{
    in_addr addr;
    if (inet_pton(AF_INET, ip.c_str(), &addr) != 1) {
        return;   // no host has such an address
    }
    lars::ReportRequest req;
    req.set_modid(modid);
    req.set_cmdid(cmdid);
    req.set_retcode(retcode);
    req.mutable_host()->set_ip(static_cast<int32_t>(ntohl(addr.s_addr)));
    req.mutable_host()->set_port(port);
    send_message(socket_of(modid, cmdid), req.SerializeAsString(), lars::ID_ReportRequest);
}
