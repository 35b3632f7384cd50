// A connection as the HTTP library sees it: it reads one request at a time, with bounds on
// its bytes and its time, whatever the client does. One thread.
#pragma once

#include <httplib.h>

#include <chrono>
#include <functional>
#include <string>

#include "endpoint.h"

namespace lars {

class bounded_stream final : public httplib::Stream {
public:
    using milliseconds = std::chrono::milliseconds;
    enum class head_outcome { complete, ended, too_large, too_slow };

    // FD is a connected socket. It stays its owner's, and outlives this.
    bounded_stream(int fd, const endpoint &peer) : _fd(fd), _peer(peer) {}

    // Waits for the first byte of a request, WITHIN that time and for as long as GO_ON(),
    // which is asked now and then. False if none came.
    bool await_request(milliseconds within, const std::function<bool()> &go_on);
    // Reads a request's line and headers, with the empty line, into *HEAD: LONGEST bytes at
    // most. From now on the time WITHIN runs, for the body too.
    head_outcome read_head(std::string *head, size_t longest, milliseconds within);
    // The library reads HEAD, and after it at most BODY bytes from the client. The answer is
    // to be taken in WRITE_TIME. Each 64 KiB, of the body and of the answer, begin their time
    // anew.
    void begin_exchange(std::string head, uint64_t body, milliseconds write_time);
    // How many bytes of the body have not been read.
    uint64_t body_left() const { return _body_left; }
    // Says that nothing more will be sent, and reads a little of what the client still sends:
    // closed with unread bytes, the connection would be reset, and the client might never see
    // the answer.
    void linger();

    bool is_readable() const override { return true; }
    bool is_writable() const override { return !_broken; }
    ssize_t read(char *to, size_t size) override;
    ssize_t write(const char *from, size_t size) override;
    void get_remote_ip_and_port(std::string &ip, int &port) const override;
    void get_local_ip_and_port(std::string &ip, int &port) const override;
    // None, so that the library does nothing of its own with it.
    socket_t socket() const override { return -1; }

private:
    using time_point = std::chrono::steady_clock::time_point;

    bool fill(time_point deadline);
    void extend(time_point *deadline, size_t bytes, milliseconds time);
    bool await(short events, time_point deadline) const;

    int _fd;
    endpoint _peer;
    std::string _received;  // from the client, with _at the first byte that was not read
    size_t _at = 0;
    std::string _head;  // for the library, with _head_at the first byte that was not read
    size_t _head_at = 0;
    uint64_t _body_left = 0;
    size_t _progress = 0;  // bytes since a deadline was set
    milliseconds _read_time{0};
    time_point _read_deadline{};
    milliseconds _write_time{0};
    bool _writing = false;  // _write_deadline runs
    time_point _write_deadline{};
    bool _broken = false;
};

}  // namespace lars
