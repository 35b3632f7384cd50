// The other end of a connection, as a program that is not ours would speak the
// wire contract: plain sockets, every wait with a time limit. It shares no code
// with the reactor. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace lars::test {

struct wire_frame {
    int32_t msgid = 0;
    std::string body;
};

// Header and body as bytes.
std::string encode_frame(int32_t msgid, const std::string &body);

// "08011001" as bytes, blanks left out; for golden bytes.
std::string from_hex(const std::string &hex);
std::string to_hex(const std::string &bytes);

class wire_peer {
public:
    using milliseconds = std::chrono::milliseconds;

    wire_peer() = default;
    ~wire_peer();
    wire_peer(wire_peer &&other) noexcept;
    wire_peer &operator=(wire_peer &&other) noexcept;

    // To 127.0.0.1 or another address in numbers.
    bool connect_tcp(uint16_t port, const std::string &ip = "127.0.0.1",
                     milliseconds within = milliseconds(5000));
    // A UDP socket that sends to, and hears only, this address.
    bool connect_udp(uint16_t port, const std::string &ip = "127.0.0.1");

    // A server: listen_* on a port (0: any), and port() tells which. A UDP one
    // answers to whoever sent the datagram that it received last.
    bool listen_tcp(uint16_t port = 0);
    bool listen_udp(uint16_t port = 0);
    std::optional<wire_peer> accept(milliseconds within = milliseconds(5000));

    uint16_t port() const;        // its own
    uint16_t other_port() const;  // of the last sender, or of the other end
    int fd() const { return _fd; }
    void close();
    // Closes with a reset rather than an orderly end.
    void reset();
    // Sends no more; the other side sees the end, and may still send.
    void end_sending();

    // False if not everything was taken within the time. Over UDP one call is
    // one datagram.
    bool send_frame(int32_t msgid, const std::string &body,
                    milliseconds within = milliseconds(5000));
    bool send_bytes(const std::string &bytes, milliseconds within = milliseconds(5000));

    // The next frame; nothing at end of file, on an error, when time is up, or
    // for a datagram that is not one frame.
    std::optional<wire_frame> receive_frame(milliseconds within = milliseconds(5000));
    // One datagram, or what has arrived on a TCP connection; empty as above.
    std::string receive_bytes(milliseconds within = milliseconds(5000));

    // True once the other side closed or reset the connection; what it sends
    // before that is kept for receive_frame.
    bool wait_eof(milliseconds within = milliseconds(5000));
    bool at_eof() const { return _eof; }

private:
    bool open(int type);
    bool listen_on(int type, uint16_t port);
    bool fill(std::chrono::steady_clock::time_point deadline);
    std::optional<wire_frame> take_frame();

    int _fd = -1;
    bool _datagrams = false;
    bool _eof = false;
    bool _answers = false;  // UDP server: _other is the last sender
    uint32_t _other_ip = 0;
    uint16_t _other_port = 0;
    std::string _received;
};

}  // namespace lars::test
