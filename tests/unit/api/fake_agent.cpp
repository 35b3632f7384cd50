#include "fake_agent.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "free_port.h"
#include "wire_peer.h"

namespace lars::test {

fake_agent::fake_agent(handler on_request) : _on_request(std::move(on_request)) {}

fake_agent::~fake_agent()
{
    _stop = true;
    if (_thread.joinable())
        _thread.join();
    close_all();
}

bool fake_agent::start()
{
    if (!take_ports())
        return false;
    begin_to_answer();
    return true;
}

bool fake_agent::start_on(int base_port)
{
    if (base_port == 0 || !bind_all(base_port))
        return false;
    begin_to_answer();
    return true;
}

bool fake_agent::take_ports()
{
    for (int tries = 0; tries < 20; ++tries) {
        const int base_port = free_port(3);
        if (base_port != 0 && bind_all(base_port))
            return true;
    }
    return false;
}

void fake_agent::begin_to_answer()
{
    _thread = std::thread([this] { serve(); });
}

bool fake_agent::bind_all(int base_port)
{
    for (int i = 0; i < 3; ++i) {
        _fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<uint16_t>(base_port + i));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (bind(_fds[i], reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
            close_all();
            return false;
        }
    }
    _base_port = base_port;
    return true;
}

void fake_agent::close_all()
{
    for (int &fd : _fds) {
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
}

std::vector<fake_agent::request> fake_agent::requests() const
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _requests;
}

std::vector<fake_agent::request> fake_agent::requests(MessageId msgid) const
{
    std::vector<request> found;
    for (const request &one : requests()) {
        if (one.msgid == msgid)
            found.push_back(one);
    }
    return found;
}

std::vector<ReportRequest> fake_agent::reports() const
{
    std::vector<ReportRequest> found;
    for (const request &one : requests(ID_ReportRequest)) {
        found.emplace_back();
        EXPECT_TRUE(found.back().ParseFromString(one.body));
    }
    return found;
}

void fake_agent::serve()
{
    while (!_stop) {
        pollfd waiting[3] = {{_fds[0], POLLIN, 0}, {_fds[1], POLLIN, 0}, {_fds[2], POLLIN, 0}};
        if (poll(waiting, 3, 10) <= 0)
            continue;
        for (int i = 0; i < 3; ++i) {
            if (waiting[i].revents != 0)
                serve_one(i);
        }
    }
}

void fake_agent::serve_one(int port_index)
{
    char space[2048];
    sockaddr_in from{};
    socklen_t from_size = sizeof from;
    const ssize_t size = recvfrom(_fds[port_index], space, sizeof space, MSG_DONTWAIT,
                                  reinterpret_cast<sockaddr *>(&from), &from_size);
    if (size < 8)
        return;
    request asked;
    asked.port_index = port_index;
    asked.at = std::chrono::steady_clock::now();
    asked.datagram.assign(space, static_cast<size_t>(size));
    asked.body = asked.datagram.substr(8);
    for (int byte = 3; byte >= 0; --byte)
        asked.msgid = asked.msgid * 256 + static_cast<unsigned char>(space[byte]);
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _requests.push_back(asked);
    }
    _on_request(asked, [&](const std::string &datagram) {
        sendto(_fds[port_index], datagram.data(), datagram.size(), 0,
               reinterpret_cast<sockaddr *>(&from), from_size);
    });
}

std::string frame_of(MessageId msgid, const google::protobuf::MessageLite &body)
{
    return encode_frame(msgid, body.SerializeAsString());
}

GetHostResponse host_refusal(const fake_agent::request &asked, LarsRetCode retcode)
{
    GetHostRequest request;
    request.ParseFromString(asked.body);
    GetHostResponse answer;
    answer.set_seq(request.seq());
    answer.set_modid(request.modid());
    answer.set_cmdid(request.cmdid());
    answer.set_retcode(retcode);
    return answer;
}

GetHostResponse host_answer(const fake_agent::request &asked, const std::string &ip, int port)
{
    GetHostResponse answer = host_refusal(asked, RET_SUCC);
    answer.mutable_host()->set_ip(static_cast<int32_t>(ntohl(inet_addr(ip.c_str()))));
    answer.mutable_host()->set_port(port);
    return answer;
}

GetRouteResponse route_answer(const fake_agent::request &asked, int hosts)
{
    GetRouteRequest request;
    request.ParseFromString(asked.body);
    GetRouteResponse answer;
    answer.set_seq(request.seq());
    answer.set_modid(request.modid());
    answer.set_cmdid(request.cmdid());
    for (int i = 0; i < hosts; ++i) {
        HostInfo *host = answer.add_host();
        host->set_ip(-1062731343 + i / 60000);  // 192.168.1.177
        host->set_port(7777 + i % 50000);
    }
    return answer;
}

fake_agent::handler good_agent(const std::string &ip, int port)
{
    return [ip, port](const fake_agent::request &asked, const fake_agent::reply &answer) {
        if (asked.msgid == ID_GetHostRequest)
            answer(frame_of(ID_GetHostResponse, host_answer(asked, ip, port)));
        else if (asked.msgid == ID_API_GetRouteRequest)
            answer(frame_of(ID_API_GetRouteResponse, route_answer(asked, 3)));
    };
}

fake_agent::handler refusing_agent(LarsRetCode retcode)
{
    return [retcode](const fake_agent::request &asked, const fake_agent::reply &answer) {
        if (asked.msgid == ID_GetHostRequest)
            answer(frame_of(ID_GetHostResponse, host_refusal(asked, retcode)));
        else if (asked.msgid == ID_API_GetRouteRequest)
            answer(frame_of(ID_API_GetRouteResponse, route_answer(asked, 0)));
    };
}

fake_agent::handler fresh_agent()
{
    return [before = refusing_agent(RET_NOEXIST), later = good_agent(), asked_for = false](
               const fake_agent::request &asked, const fake_agent::reply &answer) mutable {
        (asked_for ? later : before)(asked, answer);
        asked_for = asked_for || asked.msgid == ID_API_GetRouteRequest;
    };
}

fake_agent::handler silent_agent()
{
    return [](const fake_agent::request &, const fake_agent::reply &) {};
}

}  // namespace lars::test
