// A TCP connection that comes back: connects without blocking to the first
// address that answers, and reconnects for as long as it lives. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backoff.h"
#include "event_loop.h"
#include "frame_stream.h"
#include "msg_router.h"
#include "net_connection.h"

namespace lars {

struct tcp_client_options {
    std::chrono::milliseconds connect_timeout{3000};
    std::chrono::milliseconds first_backoff{100};
    std::chrono::milliseconds longest_backoff{5000};
    queue_limits limits;
};

class tcp_client final : public net_connection, private frame_stream::handler {
public:
    // LOOP outlives this. NAME is for log lines. ADDRESSES: at least one; after a
    // failure the next is tried, after the last the first, with growing pauses.
    tcp_client(event_loop *loop, std::string name, std::vector<endpoint> addresses,
               const tcp_client_options &options = {});
    ~tcp_client() override;

    // Before start(). The start hook runs each time a connection is there, the
    // close hook each time it is gone.
    status add_msg_router(int msgid, msg_callback callback);
    void set_conn_start(conn_callback hook) { _on_start = std::move(hook); }
    void set_conn_close(conn_callback hook) { _on_close = std::move(hook); }

    void start();
    // Closes for good; no hook runs afterwards.
    void stop();

    bool connected() const { return _stream != nullptr; }

    // closed while there is no connection: nothing is kept for the next one.
    send_result send_message(const char *data, size_t len, int msgid) override;
    // Drops this connection and goes on to the next address.
    void close() override;

    // The address tried last, and this end of the connection.
    endpoint peer() const override { return _addresses[_current]; }
    endpoint local() const { return _local; }
    event_loop *loop() const override { return _loop; }

private:
    void connect();
    void on_connecting_done();
    void on_connected();
    void failed(const std::string &why);
    void retry_later();
    void stop_connecting();
    void handle_frame(const char *data, uint32_t len, int msgid) override;
    void handle_end(const std::string &why) override;

    event_loop *_loop;
    std::string _name;
    std::vector<endpoint> _addresses;
    tcp_client_options _options;
    msg_router _router;
    conn_callback _on_start;
    conn_callback _on_close;

    size_t _current = 0;
    size_t _failed_in_row = 0;
    trouble_log _trouble;
    bool _stopped = false;
    backoff _backoff;
    event_loop::timer_id _timer = 0;  // the next try, or the connect timeout
    unique_fd _connecting;
    std::unique_ptr<frame_stream> _stream;
    endpoint _local;
    event_loop::clock::time_point _connected_at{};
    log_limiter _unknown_limiter;
};

}  // namespace lars
