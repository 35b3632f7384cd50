#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "lars.pb.h"
#include "servers.h"
#include "service.h"

namespace lars::bench {
namespace {

constexpr int BATCH = 64;

void answer(int fd, std::string response)
{
    static thread_local char received[BATCH][2048];
    sockaddr_in from[BATCH];
    iovec in[BATCH], out = {response.data(), response.size()};
    mmsghdr incoming[BATCH], outgoing[BATCH];
    for (int i = 0; i < BATCH; ++i) {
        in[i] = {received[i], sizeof received[i]};
        incoming[i] = outgoing[i] = {};
        incoming[i].msg_hdr.msg_iov = &in[i];
        incoming[i].msg_hdr.msg_iovlen = 1;
        incoming[i].msg_hdr.msg_name = &from[i];
        outgoing[i].msg_hdr.msg_iov = &out;
        outgoing[i].msg_hdr.msg_iovlen = 1;
    }
    while (true) {
        for (mmsghdr &one : incoming)
            one.msg_hdr.msg_namelen = sizeof(sockaddr_in);
        const int count = recvmmsg(fd, incoming, BATCH, MSG_WAITFORONE, nullptr);
        unsigned answers = 0;
        for (int i = 0; i < count; ++i) {
            if (received[i][0] != ID_GetHostRequest)
                continue;
            outgoing[answers].msg_hdr.msg_name = &from[i];
            outgoing[answers++].msg_hdr.msg_namelen = sizeof(sockaddr_in);
        }
        sendmmsg(fd, outgoing, answers, 0);
    }
}

}  // namespace

status serve_bare_udp(int ready_fd, const std::vector<std::string> &responses)
{
    std::vector<endpoint> addresses;
    std::vector<std::thread> threads;
    for (const std::string &response : responses) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto *where = reinterpret_cast<sockaddr *>(&address);
        const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (bind(fd, where, length) != 0 || getsockname(fd, where, &length) != 0)
            return status::from_errno("bind");
        addresses.push_back(endpoint::from_sockaddr(address));
        threads.emplace_back(answer, fd, response);
    }
    announce_ready(ready_fd, addresses);
    for (std::thread &thread : threads)
        thread.join();
    return {};
}

}  // namespace lars::bench
