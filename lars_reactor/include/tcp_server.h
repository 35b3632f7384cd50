// Serves frames on a TCP port. One loop accepts; the connections are dealt out in turn
// to the loops of worker threads.
//
//     event_loop loop;
//     tcp_server server(&loop);
//     server.add_msg_router(1, [](const char *data, uint32_t len, int msgid,
//                                 net_connection &conn) {
//         conn.send_message(data, len, msgid);
//     });
//     if (status s = server.bind(address); !s) ...
//     if (status s = server.start(); !s) ...
//     loop.event_process();
//
// "Accepting loop" below means the thread of the loop that was given to the
// constructor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "event_loop.h"
#include "ip_ranges.h"
#include "net_connection.h"
#include "queue_limits.h"
#include "server_loop.h"
#include "status.h"
#include "thread_pool.h"

namespace lars {

class acceptor;
class conn_group;
struct server_shared;

struct tcp_server_options {
    // How many worker threads there are, 0 to 255. With 0 the accepting loop serves
    // the connections as well.
    int threads = 0;
    // One connection more is closed as soon as it is accepted.
    size_t max_connections = 1024;
    // So is one more from the same address, unless it is one of UNLIMITED_ADDRESSES. 0:
    // there is no such limit.
    size_t max_per_address = 0;
    ip_ranges unlimited_addresses = ip_ranges::loopback();
    // So is each that comes from elsewhere. Empty: all are welcome.
    ip_ranges allow;
    // For each connection.
    queue_limits limits;
    // How many bytes the buffers of all connections may take together: what is queued for
    // peers that do not read, and frames of which only a part has come. While it is more,
    // a connection that holds more than its equal share (MEMORY_LIMIT by the number of
    // connections) is closed, those that grow and the largest first. 64 KiB of each
    // connection do not count and are always granted. 0: there is no such limit.
    size_t memory_limit = 256u << 20;
    // A connection that has not sent one whole message that has a callback after so long
    // is closed. One that has may be silent for as long as it likes. 0: none is closed.
    std::chrono::milliseconds silent_timeout{0};
    // How long the peer may leave what it was sent unacknowledged, or have no room for
    // more, before the connection is closed (TCP_USER_TIMEOUT). This also cuts a peer
    // that lives and has only stopped to read for so long. 0: as long as the kernel goes
    // on trying, which is a quarter of an hour where the peer's machine is gone, and for
    // ever where it lives. In either case a machine that is gone while nothing is under
    // way is noticed within a minute.
    std::chrono::milliseconds send_timeout{0};
};

class tcp_server {
public:
    // LOOP outlives the server.
    explicit tcp_server(event_loop *loop, const tcp_server_options &options = {});
    // Accepting loop. Ends the worker threads and closes what is open. The close hook
    // runs for each connection, here and in this thread.
    ~tcp_server();

    // Before start(). CALLBACK gets the messages with that id. Callbacks and hooks run
    // in the loop of their connection, so with several worker threads they may run at
    // the same time for different connections. An error if MSGID has a callback.
    status add_msg_router(int msgid, msg_callback callback);
    // Before start(). HOOK runs when a connection begins; when one has ended. A callback
    // or start hook that throws ends its connection; event_loop.h says what else comes of
    // it. A close hook must not throw in the destructor.
    void set_conn_start(conn_callback hook);
    void set_conn_close(conn_callback hook);

    // Before start(). MAKE is called in start(), in the accepting loop's thread, once
    // for each loop that will have connections, and makes what the program keeps for
    // that loop; never null. It is destroyed with the server, after the close hook has
    // run for the last connection of that loop, so that close hooks can still use it.
    // What a connection keeps in its param may live a little longer.
    template <typename T>
    void set_loop_state(std::function<std::unique_ptr<T>()> make)
    {
        _make_state = [make = std::move(make)] {
            return loop_state_holder{std::shared_ptr<T>(make()), &typeid(T)};
        };
    }

    // Accepting loop. Takes the port (0: any free one); clients are refused until
    // start(). The error names the address; a server that has a port keeps it, and that
    // is an error too.
    status bind(const endpoint &address);
    // Accepting loop, after bind(). Starts the worker threads and listens. After an error
    // no thread and no state of a loop is left, and start() may be called again. A server
    // starts once: another start() is an error, also after stop(), and changes nothing.
    status start();
    // Accepting loop. Accepts no more, and lets every connection send what is queued.
    // What is left after GRACE is cut off; milliseconds::max(): nothing is. Then DONE is
    // called in the accepting loop. May be called again meanwhile: the new GRACE counts,
    // and both DONEs are called.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    // Accepting loop. The address that bind() took, with the port in use.
    endpoint address() const;

    // Any thread, after start(). Sends to the connection with that id; if it is gone,
    // the message is dropped. From the thread of the connection's loop this is
    // net_connection::send_message. From another thread DATA is copied, and ok means
    // only that the message is on its way. Messages from one thread to one connection
    // keep their order.
    send_result send_message(uint64_t conn_id, const char *data, size_t len, int msgid);

    // Any thread, after start(). Runs TASK once in every loop that has connections,
    // with what the server keeps there. Tasks of one thread run in the order in which
    // it gave them. A task that has not run when the server is destroyed never runs.
    void run_in_loops(const std::function<void(server_loop &here)> &task);

    // The thread of CONN's loop: for callbacks and hooks. What set_loop_state() made
    // for that loop. CONN is a connection of this server, T the type that was given to
    // set_loop_state().
    template <typename T>
    T &loop_state(const net_connection &conn) const
    {
        return loop_of(conn).template state<T>();
    }

    // Any thread. How many connections there are.
    size_t connections() const;

    // For tests and operators. Any thread. How many messages had an id without a
    // callback.
    uint64_t unknown_messages() const;
    // How many connections were turned away: because there were max_connections; because
    // there were max_per_address from that address; because its address is not allowed.
    uint64_t refused() const;
    uint64_t refused_per_address() const;
    uint64_t not_allowed() const;
    // How many connections were closed: because the peer did not read, and more than
    // limits.max_queue was to be queued for it; because of memory_limit; because of
    // silent_timeout.
    uint64_t overflows() const;
    uint64_t memory_cuts() const;
    uint64_t silent() const;
    // How many bytes the buffers of all connections take now, as memory_limit counts them.
    size_t memory_held() const;

private:
    std::shared_ptr<conn_group> make_group(event_loop *loop) const;
    bool may_enter(const endpoint &peer);
    void admit(unique_fd fd, const endpoint &peer);
    void cut_beyond_share();
    const server_loop &loop_of(const net_connection &conn) const;

    event_loop *_loop;
    tcp_server_options _options;
    std::shared_ptr<server_shared> _shared;
    std::unique_ptr<acceptor> _acceptor;
    thread_pool _pool;
    std::function<loop_state_holder()> _make_state;
    std::vector<std::shared_ptr<conn_group>> _groups;  // one for each loop
    uint64_t _admitted = 0;
    log_limiter _refused_limiter;
    log_limiter _per_address_limiter;
    log_limiter _not_allowed_limiter;
    std::atomic<int64_t> _last_cut{0};  // when cut_beyond_share() ran, in ms
};

}  // namespace lars
