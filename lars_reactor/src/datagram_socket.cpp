#include "datagram_socket.h"

#include "message.h"
#include "sockets.h"

namespace lars {

// Batches received in one round before others in the loop get their turn.
static constexpr int BATCHES_PER_ROUND = 16;
static constexpr int KERNEL_BUFFER = 4 << 20;

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
    return bind_socket(SOCK_DGRAM, address, &_fd);
}

status datagram_socket::connect(const endpoint &peer)
{
    unique_fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const sockaddr_in name = peer.to_sockaddr();
    if (!fd.valid() ||
        ::connect(fd.get(), reinterpret_cast<const sockaddr *>(&name), sizeof name) < 0)
        return status::from_errno("cannot use udp to " + peer.to_string());
    _fd = std::move(fd);
    return {};
}

status datagram_socket::start()
{
    // The kernel gives less where its limits say so, and that works too.
    setsockopt(_fd.get(), SOL_SOCKET, SO_RCVBUF, &KERNEL_BUFFER, sizeof KERNEL_BUFFER);
    setsockopt(_fd.get(), SOL_SOCKET, SO_SNDBUF, &KERNEL_BUFFER, sizeof KERNEL_BUFFER);
    return _loop->add_io_event(_fd.get(), event_loop::READ, [this] { on_read(); });
}

void datagram_socket::stop()
{
    if (_fd.valid())
        _loop->del_io_event(_fd.get());
    _fd.reset();
}

endpoint datagram_socket::address() const
{
    return local_address(_fd.get());
}

void datagram_socket::on_read()
{
    for (int round = 0; round < BATCHES_PER_ROUND && _fd.valid(); ++round) {
        for (mmsghdr &header : _received->headers)
            header.msg_hdr.msg_namelen = sizeof(sockaddr_in);
        const int count = recvmmsg(_fd.get(), _received->headers, BATCH, MSG_DONTWAIT, nullptr);
        // An error here is an earlier datagram's that nobody took, or EAGAIN.
        if (count <= 0)
            return;
        _handling = true;
        for (int i = 0; i < count && _fd.valid(); ++i)
            handle(static_cast<const char *>(_received->parts[i].iov_base),
                   _received->headers[i].msg_len, _received->names[i]);
        _handling = false;
        flush();
        if (static_cast<size_t>(count) < BATCH)
            return;
    }
}

void datagram_socket::handle(const char *data, size_t size, const sockaddr_in &from)
{
    if (size >= MESSAGE_HEAD_LEN) {
        const msg_head head = decode_head(data);
        if (head.msglen >= 0 && size - MESSAGE_HEAD_LEN == static_cast<size_t>(head.msglen)) {
            _on_frame(data + MESSAGE_HEAD_LEN, static_cast<uint32_t>(head.msglen), head.msgid,
                      from);
            return;
        }
    }
    ++_malformed;
}

send_result datagram_socket::send(const char *data, size_t len, int msgid, const sockaddr_in *to)
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
        _outgoing->names[slot] = *to;
    header.msg_name = to ? &_outgoing->names[slot] : nullptr;
    header.msg_namelen = to ? sizeof(sockaddr_in) : 0;
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
