#include "datagram_socket.h"

#include <fcntl.h>

#include <algorithm>

#include "datagram_frame.h"
#include "message.h"
#include "sockets.h"

namespace lars {

// Batches received in one round before others in the loop get their turn.
static constexpr int BATCHES_PER_ROUND = 16;
static constexpr int KERNEL_BUFFER = 4 << 20;
// What is there is taken at once, so that the kernel need not look again.
static constexpr uint32_t READ_EACH = event_loop::READ | event_loop::EDGE;

datagram_socket::datagram_socket(event_loop *loop, frame_callback on_frame)
    : _loop(loop),
      _on_frame(std::move(on_frame)),
      // Left uninitialised: the kernel fills pages as datagrams need them.
      _receive_space(new char[BATCH * DATAGRAM_SPACE]),
      _send_space(new char[SEND_SPACE]),
      _received(std::make_unique<slots>()),
      _outgoing(std::make_unique<slots>())
{
    for (size_t i = 0; i < BATCH; ++i) {
        _received->parts[i] = {_receive_space.get() + i * DATAGRAM_SPACE, DATAGRAM_SPACE};
        msghdr &header = _received->headers[i].msg_hdr;
        header.msg_iov = &_received->parts[i];
        header.msg_iovlen = 1;
        header.msg_name = &_received->names[i];
        _outgoing->headers[i].msg_hdr.msg_iov = &_outgoing->parts[i];
        _outgoing->headers[i].msg_hdr.msg_iovlen = 1;
    }
}

datagram_socket::~datagram_socket()
{
    stop();
}

status datagram_socket::bind(const endpoint &address)
{
    if (_fd.valid())
        return status::error("cannot use udp " + address.to_string() + ": in use as " +
                             this->address().to_string() + " already");
    unique_fd bound;
    const status done = bind_socket(SOCK_DGRAM, address, &bound);
    return done ? use(std::move(bound)) : done;
}

status datagram_socket::adopt(unique_fd socket)
{
    if (_fd.valid())
        return status::error("cannot adopt a socket: in use as " + address().to_string() +
                             " already");
    const int flags = fcntl(socket.get(), F_GETFL);
    if (flags < 0 || fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) < 0)
        return status::from_errno("cannot adopt a socket");
    return use(std::move(socket));
}

status datagram_socket::use(unique_fd bound)
{
    const endpoint address = local_address(bound.get());
    // Otherwise the kernel would choose the address that answers come from.
    const int yes = 1;
    _any_address = address.ip == INADDR_ANY;
    if (_any_address && setsockopt(bound.get(), IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes) < 0)
        return status::from_errno("cannot use udp " + address.to_string());
    _fd = std::move(bound);
    return {};
}

status datagram_socket::connect(const endpoint &peer)
{
    if (_fd.valid())
        return status::error("cannot use udp to " + peer.to_string() + ": in use already");
    _any_address = false;
    const sockaddr_in name = peer.to_sockaddr();
    unique_fd own_port;
    for (int tries = 0; tries < 2; ++tries) {
        unique_fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!fd.valid() ||
            ::connect(fd.get(), reinterpret_cast<const sockaddr *>(&name), sizeof name) < 0)
            return status::from_errno("cannot use udp to " + peer.to_string());
        if (local_address(fd.get()) != peer_address(fd.get())) {
            _fd = std::move(fd);
            return {};
        }
        // The free port that the kernel chose is the peer's. While this one has it, the
        // next one gets another.
        own_port = std::move(fd);
    }
    return status::error("cannot use udp to " + peer.to_string() +
                         ": nobody but ourselves is there");
}

status datagram_socket::start()
{
    if (!_fd.valid())
        return status::error("cannot start udp: no address was taken");
    // The kernel gives less where its limits say so, and that works too.
    setsockopt(_fd.get(), SOL_SOCKET, SO_RCVBUF, &KERNEL_BUFFER, sizeof KERNEL_BUFFER);
    setsockopt(_fd.get(), SOL_SOCKET, SO_SNDBUF, &KERNEL_BUFFER, sizeof KERNEL_BUFFER);
    _used_slots = BATCH;
    return _loop->add_io_event(_fd.get(), READ_EACH, [this] { on_read(); });
}

void datagram_socket::stop()
{
    if (!_fd.valid())
        return;
    flush();
    _loop->del_io_event(_fd.get());
    _fd.reset();
    ++_sockets;
}

endpoint datagram_socket::address() const
{
    return local_address(_fd.get());
}

// What the kernel has written into the slots is undone.
void datagram_socket::prepare_to_receive()
{
    for (size_t i = 0; i < _used_slots; ++i) {
        msghdr &header = _received->headers[i].msg_hdr;
        header.msg_namelen = sizeof(sockaddr_in);
        header.msg_control = _any_address ? &_received->control[i] : nullptr;
        header.msg_controllen = _any_address ? sizeof(control_space) : 0;
    }
}

void datagram_socket::on_read()
{
    const uint32_t socket = _sockets;
    for (int round = 0; round < BATCHES_PER_ROUND && _sockets == socket; ++round) {
        prepare_to_receive();
        const int count = recvmmsg(_fd.get(), _received->headers, BATCH, MSG_DONTWAIT, nullptr);
        _used_slots = static_cast<size_t>(std::max(count, 0));
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0)
            continue;  // an earlier datagram's error, that nobody took
        handle_batch(_used_slots);
        if (_used_slots < BATCH)
            return;
    }
    if (_sockets == socket)
        look_again();
}

// For what is still there, once others in the loop have had their turn.
void datagram_socket::look_again()
{
    if (const status s = _loop->set_io_mask(_fd.get(), READ_EACH); !s)
        _loop->log()(log_level::error, s.message());
}

void datagram_socket::handle_batch(size_t count)
{
    const uint32_t socket = _sockets;
    _handling = true;
    try {
        for (size_t i = 0; i < count && _sockets == socket; ++i)
            handle(static_cast<const char *>(_received->parts[i].iov_base),
                   _received->headers[i].msg_len, way_of(i));
    } catch (...) {
        // The datagrams that came after it in this batch are lost, as datagrams may be.
        _handling = false;
        flush();
        throw;
    }
    _handling = false;
    flush();
}

datagram_socket::way datagram_socket::way_of(size_t slot) const
{
    way back{_received->names[slot], {}};
    if (!_any_address)
        return back;
    msghdr &header = _received->headers[slot].msg_hdr;
    for (cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
            continue;
        in_pktinfo info{};
        std::memcpy(&info, CMSG_DATA(c), sizeof info);
        // Not ipi_addr: for what was sent to all (broadcast) that is no address to answer
        // from.
        back.asked = info.ipi_spec_dst;
    }
    return back;
}

void datagram_socket::handle(const char *data, size_t size, const way &back)
{
    if (!_allowed.empty() && !_allowed.contains(ntohl(back.from.sin_addr.s_addr))) {
        ++_not_allowed;
        _not_allowed_limiter.write(_loop->log(), _loop->now(), log_level::warn,
                                   "dropped what came from ", endpoint::from_sockaddr(back.from),
                                   ": its address is not allowed (", _not_allowed, " so far)");
        return;
    }
    if (const auto frame = parse_datagram(data, size)) {
        _on_frame(frame->body, frame->len, frame->msgid, back);
        return;
    }
    ++_malformed;
}

// The kernel takes the address that a datagram comes from out of this.
static void set_source(in_addr own, cmsghdr *out)
{
    in_pktinfo info{};
    info.ipi_spec_dst = own;
    out->cmsg_level = IPPROTO_IP;
    out->cmsg_type = IP_PKTINFO;
    out->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(out), &info, sizeof info);
}

send_result datagram_socket::send(const char *data, size_t len, int msgid, const way *to)
{
    if (len > DATAGRAM_LENGTH_LIMIT)
        return send_result::too_long;
    if (!_fd.valid())
        return send_result::closed;
    if (_outgoing_count == BATCH || SEND_SPACE - _send_used < MESSAGE_HEAD_LEN + len)
        flush();

    const size_t slot = _outgoing_count++;
    char *space = _send_space.get() + _send_used;
    encode_head({msgid, static_cast<int32_t>(len)}, space);
    std::memcpy(space + MESSAGE_HEAD_LEN, data, len);
    _send_used += MESSAGE_HEAD_LEN + len;
    _outgoing->parts[slot] = {space, MESSAGE_HEAD_LEN + len};
    msghdr &header = _outgoing->headers[slot].msg_hdr;
    if (to)
        _outgoing->names[slot] = to->from;
    header.msg_name = to ? &_outgoing->names[slot] : nullptr;
    header.msg_namelen = to ? sizeof(sockaddr_in) : 0;
    const bool names_own = to && to->asked.s_addr != INADDR_ANY;
    header.msg_control = names_own ? &_outgoing->control[slot] : nullptr;
    header.msg_controllen = names_own ? sizeof(control_space) : 0;
    if (names_own)
        set_source(to->asked, CMSG_FIRSTHDR(&header));
    if (!_handling)
        flush();
    return send_result::ok;
}

void datagram_socket::flush()
{
    size_t done = 0;
    while (done < _outgoing_count && _fd.valid()) {
        const int sent = sendmmsg(_fd.get(), _outgoing->headers + done,
                                  static_cast<unsigned>(_outgoing_count - done), MSG_NOSIGNAL);
        if (sent > 0) {
            done += static_cast<size_t>(sent);
        } else if (sent == 0 || errno != EINTR) {
            // The first one left cannot be sent; the others may.
            ++_unsent;
            ++done;
        }
    }
    _outgoing_count = 0;
    _send_used = 0;
}

}  // namespace lars
