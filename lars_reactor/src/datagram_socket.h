// A UDP socket that carries one frame a datagram, many datagrams a system call.
// Shared by udp_server and udp_client. Loop thread only.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "event_loop.h"
#include "net_connection.h"
#include "unique_fd.h"

namespace lars {

class datagram_socket {
public:
    // DATA is the body of one well-formed frame.
    using frame_callback =
        std::function<void(const char *data, uint32_t len, int msgid, const sockaddr_in &from)>;

    // LOOP outlives this.
    datagram_socket(event_loop *loop, frame_callback on_frame);
    ~datagram_socket();

    status bind(const endpoint &address);
    status connect(const endpoint &peer);
    status start();
    void stop();
    endpoint address() const;

    // While received datagrams are handled, what is sent leaves at the end of
    // the batch; otherwise at once. TO: null on a connected socket. What the
    // kernel does not take is dropped and counted.
    send_result send(const char *data, size_t len, int msgid, const sockaddr_in *to);

    uint64_t malformed() const { return _malformed; }
    uint64_t unsent() const { return _unsent; }

private:
    static constexpr size_t BATCH = 64;
    static constexpr size_t DATAGRAM_SPACE = 65536;
    static constexpr size_t SEND_SPACE = 256u << 10;

    void on_read();
    void handle(const char *data, size_t size, const sockaddr_in &from);
    void flush();

    // What one recvmmsg and one sendmmsg work on.
    struct slots {
        mmsghdr headers[BATCH];
        iovec parts[BATCH];
        sockaddr_in names[BATCH];
    };

    event_loop *_loop;
    frame_callback _on_frame;
    unique_fd _fd;
    std::unique_ptr<char[]> _receive_space;
    std::unique_ptr<char[]> _send_space;
    std::unique_ptr<slots> _received;
    std::unique_ptr<slots> _outgoing;
    size_t _outgoing_count = 0;
    size_t _send_used = 0;
    bool _handling = false;
    uint64_t _malformed = 0;
    uint64_t _unsent = 0;
};

}  // namespace lars
