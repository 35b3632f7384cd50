// A UDP socket that carries one frame a datagram, many datagrams a system call.
// Shared by udp_server and udp_client. Loop thread only.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "event_loop.h"
#include "ip_ranges.h"
#include "net_connection.h"
#include "unique_fd.h"

namespace lars {

class datagram_socket {
public:
    // Where a datagram came from, and the address of this machine that it was sent to. An
    // answer goes the same way back. ASKED is 0.0.0.0 where the socket has one address.
    struct way {
        sockaddr_in from{};
        in_addr asked{};
    };
    // DATA is the body of one well-formed frame.
    using frame_callback =
        std::function<void(const char *data, uint32_t len, int msgid, const way &back)>;

    // LOOP outlives this.
    datagram_socket(event_loop *loop, frame_callback on_frame);
    ~datagram_socket();

    // What comes from elsewhere is dropped; empty: all are welcome.
    void set_allowed(const ip_ranges &addresses) { _allowed = addresses; }

    // Each is an error where there is a socket already. The error names the address.
    status bind(const endpoint &address);
    // Instead of bind(): SOCKET is a UDP socket that is bound already.
    status adopt(unique_fd socket);
    status connect(const endpoint &peer);
    // An error where there is no socket, and where it was started already.
    status start();
    // Sends what waits, and closes the socket. Nothing more is handled, not even what
    // has been received in the batch that may be at work; bind() begins anew.
    void stop();
    endpoint address() const;
    // -1 where there is no socket. It stays this object's.
    int fd() const { return _fd.get(); }

    // While received datagrams are handled, what is sent leaves at the end of
    // the batch; otherwise at once. TO: null on a connected socket. What the
    // kernel does not take is dropped and counted.
    send_result send(const char *data, size_t len, int msgid, const way *to);

    uint64_t not_allowed() const { return _not_allowed; }
    uint64_t malformed() const { return _malformed; }
    uint64_t unsent() const { return _unsent; }

private:
    static constexpr size_t BATCH = 64;
    static constexpr size_t DATAGRAM_SPACE = 65536;
    static constexpr size_t SEND_SPACE = 256u << 10;

    status use(unique_fd bound);
    void prepare_to_receive();
    void on_read();
    void look_again();
    void handle_batch(size_t count);
    void handle(const char *data, size_t size, const way &back);
    way way_of(size_t slot) const;
    void flush();

    // Room for one IP_PKTINFO.
    struct alignas(cmsghdr) control_space {
        char bytes[CMSG_SPACE(sizeof(in_pktinfo))];
    };
    // What one recvmmsg and one sendmmsg work on.
    struct slots {
        mmsghdr headers[BATCH];
        iovec parts[BATCH];
        sockaddr_in names[BATCH];
        control_space control[BATCH];
    };

    event_loop *_loop;
    frame_callback _on_frame;
    unique_fd _fd;
    std::unique_ptr<char[]> _receive_space;
    std::unique_ptr<char[]> _send_space;
    std::unique_ptr<slots> _received;
    std::unique_ptr<slots> _outgoing;
    size_t _used_slots = 0;  // of those to receive, by the last call
    size_t _outgoing_count = 0;
    size_t _send_used = 0;
    bool _handling = false;
    bool _any_address = false;  // bound to all of them: each answer names its own
    uint32_t _sockets = 0;      // how many there were: tells one from the next
    ip_ranges _allowed;
    log_limiter _not_allowed_limiter;
    uint64_t _not_allowed = 0;
    uint64_t _malformed = 0;
    uint64_t _unsent = 0;
};

}  // namespace lars
