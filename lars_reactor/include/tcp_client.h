// A TCP connection that comes back. It connects to the first address that answers,
// without blocking, and when the connection is lost it connects again, for as long as
// it lives. A server's name is looked up each time that its turn comes, by a thread of its
// own, so that the loop goes on. Loop thread only.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "backoff.h"
#include "event_loop.h"
#include "net_connection.h"
#include "queue_limits.h"
#include "server_address.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class address_turn;
class msg_router;

struct tcp_client_options {
    // How long to wait for an answer to an attempt to connect, and before that to the
    // question which addresses a name has; milliseconds::max(): as long as the kernel, or
    // the system's resolver, waits.
    std::chrono::milliseconds connect_timeout{3000};
    // When every address has failed, there is a pause before the next round. It begins
    // with about FIRST_BACKOFF and doubles up to about LONGEST_BACKOFF (backoff.h).
    std::chrono::milliseconds first_backoff{100};
    std::chrono::milliseconds longest_backoff{5000};
    queue_limits limits;
    // Whether limits.high_water holds. By default it does not: the client reads whatever
    // is queued, and only limits.max_queue ends a connection to a server that does not
    // read. If both ends paused, each would wait for the other to read, for ever; and a
    // tcp_server does pause. So say true only to a server that always reads. A program
    // that answers what it receives (that echoes, say) should rather leave this alone
    // and answer no faster than the server reads: its queue must stay below max_queue,
    // for instance because the server only has so many questions open at a time.
    bool pauses_reading = false;
    // How long the peer may leave what it was sent unacknowledged, or have no room for
    // more, before the connection is closed (TCP_USER_TIMEOUT). This also cuts a peer
    // that lives and has only stopped to read for so long. 0: as long as the kernel goes
    // on trying, which is a quarter of an hour where the peer's machine is gone, and for
    // ever where it lives. In either case a machine that is gone while nothing is under
    // way is noticed within a minute.
    std::chrono::milliseconds send_timeout{0};
};

class tcp_client final : public net_connection {
public:
    // LOOP outlives the client. NAME is for log lines. SERVERS has at least one element.
    // After a failure the next one is tried, after the last the first, and of a server's name
    // all its IPv4 addresses. For a name without any there is one log line, until it has one.
    tcp_client(event_loop *loop, std::string name, const std::vector<server_address> &servers,
               const tcp_client_options &options = {});
    // As stop().
    ~tcp_client() override;

    // Before start(). CALLBACK gets the messages with that id. An error if MSGID has a
    // callback.
    status add_msg_router(int msgid, msg_callback callback);
    // Before start(). HOOK runs each time a connection begins; each time one is lost. A
    // callback or start hook that throws ends its connection, and a close hook that
    // throws does not keep the client from connecting again; see event_loop.h.
    void set_conn_start(conn_callback hook) { _on_start = std::move(hook); }
    void set_conn_close(conn_callback hook) { _on_close = std::move(hook); }

    // Begins to connect. The start hook tells when there is a connection. Does nothing
    // when it was called already, and stop() was not. May be called in a callback or
    // hook: stop() and then start() there begins anew, with the address that was last
    // in use.
    void start();
    // Closes the connection for good, or until the next start(). No hook runs for it
    // afterwards. May be called in a callback or hook.
    void stop();

    bool connected() const { return _link != nullptr; }

    // While there is no connection the result is closed: no message is kept for the
    // next one.
    send_result send_message(const char *data, size_t len, int msgid) override;
    // Drops this connection; the next address is tried. The close hook runs later,
    // from the loop.
    void close() override;
    // The same, once what is queued has been sent and the server has seen that.
    void close_when_sent() override;

    // The address that was tried last, or is in use; 0.0.0.0:0 before there was one.
    endpoint peer() const override { return _peer; }
    // How many addresses there are to turn to, as far as that is known: a name that was never
    // looked up counts as one.
    size_t address_count() const;
    // Those that are known. *ALL: whether there are no others, of names never looked up.
    std::vector<endpoint> known_addresses(bool *all) const;
    // This end of the connection that there was last.
    endpoint local() const { return _local; }
    event_loop *loop() const override { return _loop; }

private:
    // One connection.
    class link;

    void find_address();
    void connect();
    void on_connecting_done();
    void on_connected();
    void failed(const std::string &why);
    queue_limits limits() const;
    void go_on(uint64_t start);
    void try_next(const endpoint *failed);
    void retry_later(std::chrono::milliseconds pause);
    void stop_connecting();
    void on_frame(const char *data, uint32_t len, int msgid);
    void on_end(const std::string &why);

    event_loop *_loop;
    std::string _name;
    std::unique_ptr<address_turn> _turn;
    tcp_client_options _options;
    std::unique_ptr<msg_router> _router;
    conn_callback _on_start;
    conn_callback _on_close;

    endpoint _peer;
    size_t _failed_in_row = 0;  // servers, each with all its addresses
    trouble_log _trouble;
    bool _started = false;
    uint64_t _starts = 0;  // how often it was started: tells one start from the next
    backoff _backoff;
    event_loop::timer_id _timer = 0;  // the next try, or the end of this one
    unique_fd _connecting;
    std::unique_ptr<link> _link;
    endpoint _local;
    event_loop::clock::time_point _connected_at{};
    log_limiter _unknown_limiter;
};

}  // namespace lars
