#include "lars_client.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "agent_frame.h"
#include "agent_socket.h"
#include "lars.pb.h"
#include "local_path.h"
#include "process_mark.h"
#include "wire_rules.h"

namespace lars {

static_assert(lars_client::RET_SUCC == static_cast<int>(RET_SUCC), "wire contract");
static_assert(lars_client::RET_OVERLOAD == static_cast<int>(RET_OVERLOAD), "wire contract");
static_assert(lars_client::RET_SYSTEM_ERROR == static_cast<int>(RET_SYSTEM_ERROR), "wire contract");
static_assert(lars_client::RET_NOEXIST == static_cast<int>(RET_NOEXIST), "wire contract");

static constexpr size_t MAX_REQUEST = 256;  // every request is far smaller
static constexpr int REG_INIT_TRIES = 3;
static constexpr std::chrono::milliseconds REG_INIT_PAUSE(50);

static bool can_be_called(const HostInfo &host)
{
    return can_be_called(ip_from_wire(host.ip()), host.port());
}

static void set_ip(int32_t wire_ip, std::string &ip)
{
    in_addr address{};
    address.s_addr = htonl(ip_from_wire(wire_ip));
    char text[INET_ADDRSTRLEN];
    ip = inet_ntop(AF_INET, &address, text, sizeof text) ? text : "";
}

// An agent of before get_route had a seq sends none.
static bool right_seq(const GetHostResponse &answer, uint32_t seq)
{
    return answer.seq() == seq;
}
static bool right_seq(const GetRouteResponse &answer, uint32_t seq)
{
    return answer.seq() == seq || answer.seq() == 0;
}

struct lars_client::impl {
    using clock = agent_socket::clock;

    impl(const std::string &ip, int port) : agent_ip(ip), base_port(port), local(ip)
    {
        begin_anew();
    }

    std::string agent_ip;
    int base_port;
    std::chrono::milliseconds deadline{DEFAULT_DEADLINE_MS};
    std::string error;
    uint32_t seq = 0;
    uint64_t owner = 0;  // the process whose sockets these are
    const std::atomic<uint64_t> &process = process_mark_place();
    std::array<agent_socket, AGENT_PORTS> sockets;
    local_path local;

    // Reused by every call.
    GetHostRequest host_request;
    GetHostResponse host_answer;
    GetRouteRequest route_request;
    GetRouteResponse route_answer;
    ReportRequest report_request;
    std::array<char, MAX_REQUEST> send_space;
    std::array<char, MAX_DATAGRAM> receive_space;

    // First in each call. After fork() the sockets are the parent's, and its other
    // children's too: who reads from them takes answers away from the others.
    void be_own()
    {
        if (owner != process.load(std::memory_order_acquire))
            begin_anew();
    }

    void begin_anew()
    {
        owner = process_mark();
        for (agent_socket &socket : sockets)
            socket.close();
        local.begin_anew();
        // Another start than that of another process, which may have had the same port.
        seq = static_cast<uint32_t>(clock::now().time_since_epoch().count()) ^
              (static_cast<uint32_t>(getpid()) << 16);
    }

    // Never 0: an answer of seq 0 is one of an old agent.
    uint32_t next_seq()
    {
        if (++seq == 0)
            ++seq;
        return seq;
    }

    // The socket of the module's owner; nullptr if there can be none now.
    agent_socket *open(size_t index)
    {
        agent_socket &socket = sockets[index];
        if (base_port < 1 || base_port > 65533) {
            error = "agent base port " + std::to_string(base_port) + " is not in 1..65533";
            return nullptr;
        }
        if (!socket.is_open() && !socket.open(agent_ip, base_port + static_cast<int>(index), error))
            return nullptr;
        return &socket;
    }

    template <typename Request>
    agent_socket *send(MessageId msgid, const Request &request)
    {
        error.clear();
        agent_socket *socket = open(agent_port_of(request.modid(), request.cmdid()));
        const size_t size = request.ByteSizeLong();
        if (!socket)
            return nullptr;
        if (size > MAX_REQUEST - HEADER_SIZE) {
            error = "request too long";
            return nullptr;
        }
        put_header(send_space.data(), msgid, size);
        request.SerializeWithCachedSizesToArray(
            reinterpret_cast<uint8_t *>(send_space.data() + HEADER_SIZE));
        return socket->send(send_space.data(), HEADER_SIZE + size, error) ? socket : nullptr;
    }

    // Sends the request and waits until then for its answer; whatever else
    // arrives is dropped and does not lengthen the wait.
    template <typename Request, typename Answer>
    bool ask(MessageId msgid, const Request &request, MessageId answer_id, Answer &answer,
             clock::time_point until)
    {
        agent_socket *socket = send(msgid, request);
        if (!socket)
            return false;
        do {
            const ssize_t size =
                socket->receive(receive_space.data(), receive_space.size(), until, error);
            if (size < 0)
                return false;
            if (is_answer(static_cast<size_t>(size), request, answer_id, answer)) {
                local.note_answer();
                return true;
            }
        } while (clock::now() < until);
        error = "no right answer from the agent at " + agent_ip + " before the deadline";
        return false;
    }

    template <typename Request, typename Answer>
    bool is_answer(size_t size, const Request &request, MessageId answer_id, Answer &answer) const
    {
        const char *frame = receive_space.data();
        return is_frame_of(answer_id, frame, size) &&
               answer.ParseFromArray(frame + HEADER_SIZE, static_cast<int>(size - HEADER_SIZE)) &&
               answer.modid() == request.modid() && answer.cmdid() == request.cmdid() &&
               right_seq(answer, request.seq());
    }

    void prepare_route_request(int modid, int cmdid)
    {
        be_own();
        route_request.set_modid(modid);
        route_request.set_cmdid(cmdid);
        route_request.set_seq(next_seq());
    }

    // Sends the request that was prepared.
    int ask_route(std::vector<host> &route, clock::time_point until)
    {
        if (!ask(ID_API_GetRouteRequest, route_request, ID_API_GetRouteResponse, route_answer,
                 until))
            return lars_client::RET_SYSTEM_ERROR;
        if (route_answer.host_size() == 0)
            return lars_client::RET_NOEXIST;

        std::vector<host> found;
        for (const HostInfo &info : route_answer.host()) {
            if (!can_be_called(info))
                continue;
            found.emplace_back();
            set_ip(info.ip(), found.back().ip);
            found.back().port = info.port();
        }
        if (found.empty())
            return fail("the agent answered with a route of which no host can be called");
        route = std::move(found);
        return lars_client::RET_SUCC;
    }

    int ask_host(int modid, int cmdid, std::string &ip, int &port)
    {
        host_request.set_seq(next_seq());
        host_request.set_modid(modid);
        host_request.set_cmdid(cmdid);
        host_request.set_local(local.wants_offer());
        if (!ask(ID_GetHostRequest, host_request, ID_GetHostResponse, host_answer,
                 clock::now() + deadline))
            return lars_client::RET_SYSTEM_ERROR;
        if (host_request.local())
            local.take_offer(host_answer.local());

        const int retcode = static_cast<int>(host_answer.retcode());
        switch (retcode) {
        case lars_client::RET_SUCC:
            if (!can_be_called(host_answer.host()))
                return fail("the agent answered without a host that can be called");
            set_ip(host_answer.host().ip(), ip);
            port = host_answer.host().port();
            local.note_choice(modid, cmdid, ip_from_wire(host_answer.host().ip()), port);
            return retcode;
        case lars_client::RET_OVERLOAD:
        case lars_client::RET_NOEXIST: return retcode;
        default: return fail("the agent answered with retcode " + std::to_string(retcode));
        }
    }

    int send_report(int modid, int cmdid, const std::string &ip, int port, int retcode,
                    int timecost_ms)
    {
        in_addr address{};
        if (inet_pton(AF_INET, ip.c_str(), &address) != 1)
            return fail("report: '" + ip + "' is not an IPv4 address");
        report_request.set_modid(modid);
        report_request.set_cmdid(cmdid);
        report_request.mutable_host()->set_ip(ip_to_wire(ntohl(address.s_addr)));
        report_request.mutable_host()->set_port(port);
        report_request.set_retcode(retcode);
        report_request.set_timecost(static_cast<uint32_t>(std::max(0, timecost_ms)));
        return send(ID_ReportRequest, report_request) ? lars_client::RET_SUCC
                                                      : lars_client::RET_SYSTEM_ERROR;
    }

    int fail_port(int port)
    {
        return fail("report: port " + std::to_string(port) + " is not in 1..65535");
    }

    int fail(const std::string &why)
    {
        error = why;
        return lars_client::RET_SYSTEM_ERROR;
    }
};

lars_client::lars_client(const std::string &agent_ip, int base_port)
    : _impl(std::make_unique<impl>(agent_ip, base_port))
{
    for (size_t index = 0; index < _impl->sockets.size(); ++index) {
        if (!_impl->open(index))
            break;
    }
}

lars_client::~lars_client() = default;
lars_client::lars_client(lars_client &&other) noexcept = default;
lars_client &lars_client::operator=(lars_client &&other) noexcept = default;

void lars_client::set_deadline(int milliseconds)
{
    _impl->deadline = std::chrono::milliseconds(std::max(1, milliseconds));
}

const std::string &lars_client::error() const
{
    return _impl->error;
}

int lars_client::get_host(int modid, int cmdid, std::string &ip, int &port)
{
    _impl->be_own();
    const auto chosen = _impl->local.choose(modid, cmdid, ip, port);
    if (chosen == local_path::outcome::elsewhere)
        return _impl->ask_host(modid, cmdid, ip, port);
    _impl->error.clear();
    return chosen == local_path::outcome::done ? RET_SUCC : RET_OVERLOAD;
}

int lars_client::report(int modid, int cmdid, const std::string &ip, int port, int retcode,
                        int timecost_ms)
{
    if (port < 1 || port > 65535)
        return _impl->fail_port(port);
    _impl->be_own();
    if (_impl->local.report(modid, cmdid, ip, port, retcode == 0, timecost_ms)) {
        _impl->error.clear();
        return RET_SUCC;
    }
    return _impl->send_report(modid, cmdid, ip, port, retcode, timecost_ms);
}

void lars_client::use_local(bool wanted)
{
    _impl->local.use(wanted);
}

bool lars_client::is_local() const
{
    return _impl->local.is_in_use();
}

const std::string &lars_client::local_error() const
{
    return _impl->local.error();
}

std::chrono::milliseconds lars_client::stale() const
{
    return _impl->local.stale();
}

int lars_client::get_route(int modid, int cmdid, std::vector<host> &route)
{
    _impl->prepare_route_request(modid, cmdid);
    return _impl->ask_route(route, impl::clock::now() + _impl->deadline);
}

int lars_client::reg_init(int modid, int cmdid)
{
    // All tries have one seq, so that an answer which is late for one of them
    // is taken by the next.
    _impl->prepare_route_request(modid, cmdid);
    std::vector<host> route;
    const auto end = impl::clock::now() + _impl->deadline + (REG_INIT_TRIES - 1) * REG_INIT_PAUSE;
    for (int tries = REG_INIT_TRIES;; --tries) {
        // Those to come get their share of what is left, pauses taken off.
        const auto now = impl::clock::now();
        const int retcode =
            _impl->ask_route(route, now + (end - now - (tries - 1) * REG_INIT_PAUSE) / tries);
        if (retcode == RET_SUCC || tries == 1)
            return retcode;
        std::this_thread::sleep_for(REG_INIT_PAUSE);
    }
}

const char *lars_client::retcode_name(int retcode)
{
    switch (retcode) {
    case RET_SUCC: return "RET_SUCC";
    case RET_OVERLOAD: return "RET_OVERLOAD";
    case RET_SYSTEM_ERROR: return "RET_SYSTEM_ERROR";
    case RET_NOEXIST: return "RET_NOEXIST";
    default: return "unknown retcode";
    }
}

}  // namespace lars
