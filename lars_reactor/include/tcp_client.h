// A TCP connection that comes back. It connects to the first address that answers,
// without blocking, and when the connection is lost it connects again, for as long as
// it lives. Loop thread only.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "backoff.h"
#include "event_loop.h"
#include "net_connection.h"
#include "queue_limits.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class msg_router;

struct tcp_client_options {
    // How long to wait for an answer to an attempt to connect.
    std::chrono::milliseconds connect_timeout{3000};
    // When every address has failed, there is a pause before the next round. It begins
    // with about FIRST_BACKOFF and doubles up to about LONGEST_BACKOFF (backoff.h).
    std::chrono::milliseconds first_backoff{100};
    std::chrono::milliseconds longest_backoff{5000};
    queue_limits limits;
};

class tcp_client final : public net_connection {
public:
    // LOOP outlives the client. NAME is for log lines. ADDRESSES has at least one
    // element. After a failure the next address is tried, after the last the first.
    tcp_client(event_loop *loop, std::string name, std::vector<endpoint> addresses,
               const tcp_client_options &options = {});
    // As stop().
    ~tcp_client() override;

    // Before start(). CALLBACK gets the messages with that id. An error if MSGID has a
    // callback.
    status add_msg_router(int msgid, msg_callback callback);
    // Before start(). HOOK runs each time a connection begins; each time one is lost.
    void set_conn_start(conn_callback hook) { _on_start = std::move(hook); }
    void set_conn_close(conn_callback hook) { _on_close = std::move(hook); }

    // Begins to connect. The start hook tells when there is a connection.
    void start();
    // Closes the connection for good. No hook runs afterwards. May be called in a
    // callback.
    void stop();

    bool connected() const { return _link != nullptr; }

    // While there is no connection the result is closed: no message is kept for the
    // next one.
    send_result send_message(const char *data, size_t len, int msgid) override;
    // Drops this connection; the next address is tried. The close hook runs later,
    // from the loop.
    void close() override;

    // The address that was tried last, or is in use.
    endpoint peer() const override { return _addresses[_current]; }
    // This end of the connection that there was last.
    endpoint local() const { return _local; }
    event_loop *loop() const override { return _loop; }

private:
    // One connection.
    class link;

    void connect();
    void on_connecting_done();
    void on_connected();
    void failed(const std::string &why);
    void retry_later();
    void stop_connecting();
    void on_frame(const char *data, uint32_t len, int msgid);
    void on_end(const std::string &why);

    event_loop *_loop;
    std::string _name;
    std::vector<endpoint> _addresses;
    tcp_client_options _options;
    std::unique_ptr<msg_router> _router;
    conn_callback _on_start;
    conn_callback _on_close;

    size_t _current = 0;
    size_t _failed_in_row = 0;
    trouble_log _trouble;
    bool _stopped = false;
    backoff _backoff;
    event_loop::timer_id _timer = 0;  // the next try, or the connect timeout
    unique_fd _connecting;
    std::unique_ptr<link> _link;
    endpoint _local;
    event_loop::clock::time_point _connected_at{};
    log_limiter _unknown_limiter;
};

}  // namespace lars
