// Serves frames on a TCP port: one loop accepts, the connections are spread
// over the loops of worker threads in turn.
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
// "Accepting loop" below means the thread of the loop given to the constructor.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "acceptor.h"
#include "conn_group.h"
#include "server_loop.h"
#include "thread_pool.h"

namespace lars {

struct tcp_server_options {
    int threads = 0;                // 0 to 255 worker loops; 0: all in the accepting loop
    size_t max_connections = 1024;  // one more is closed as soon as it is accepted
    queue_limits limits;            // for each connection
};

class tcp_server {
public:
    // LOOP outlives this.
    explicit tcp_server(event_loop *loop, const tcp_server_options &options = {});
    // Accepting loop. Ends the worker threads and closes what is open; the close
    // hook runs for each connection.
    ~tcp_server();

    // Before start(). Callbacks and hooks run in the loop of their connection, so
    // those of several connections may run at once.
    status add_msg_router(int msgid, msg_callback callback);
    void set_conn_start(conn_callback hook);
    void set_conn_close(conn_callback hook);

    // Before start(). MAKE is called in start(), in the accepting loop's thread, once
    // for each loop that will have connections, and makes what the program keeps for
    // that loop; never null. It is destroyed after the loop's last connection, so that
    // close hooks can still use it.
    template <typename T>
    void set_loop_state(std::function<std::unique_ptr<T>()> make)
    {
        _make_state = [make = std::move(make)] {
            return loop_state_holder{std::shared_ptr<T>(make()), &typeid(T)};
        };
    }

    // Accepting loop. Takes the port (0: any free one) without listening yet. The
    // error names the address.
    status bind(const endpoint &address);
    // Accepting loop. Starts the worker threads and listens.
    status start();
    // Accepting loop. Stops accepting, lets every connection finish sending, cuts
    // off what is left after GRACE, and then calls DONE. Called again meanwhile, it
    // takes the new GRACE and calls both.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    // Accepting loop. The bound address.
    endpoint address() const { return _acceptor.address(); }

    // Any thread, after start(). A connection that is gone swallows the message:
    // ids are not reused. Messages of one thread to one connection keep their
    // order. From another thread than the connection's, DATA is copied, and ok
    // means that the message is on its way.
    send_result send_message(uint64_t conn_id, const char *data, size_t len, int msgid);

    // Any thread, after start(). Runs TASK once in every loop, with what the server
    // keeps there. Tasks of one thread keep their order, also with the messages that
    // it sends. A task that has not run when the server is destroyed never runs.
    void run_in_loops(const std::function<void(server_loop &here)> &task);

    // The thread of CONN's loop: for callbacks and hooks. CONN is a connection of this
    // server, T the type that was given to set_loop_state.
    template <typename T>
    T &loop_state(const net_connection &conn) const
    {
        return loop_of(conn).template state<T>();
    }

    // Any thread.
    size_t connections() const { return _shared->connections.load(std::memory_order_relaxed); }
    uint64_t unknown_messages() const { return _shared->unknown_messages.load(); }
    uint64_t overflows() const { return _shared->overflows.load(); }
    uint64_t refused() const { return _refused.load(); }

private:
    void add_group(event_loop *loop);
    void admit(unique_fd fd, const endpoint &peer);
    const server_loop &loop_of(const net_connection &conn) const;

    event_loop *_loop;
    tcp_server_options _options;
    std::shared_ptr<server_shared> _shared;
    acceptor _acceptor;
    thread_pool _pool;
    std::function<loop_state_holder()> _make_state;
    std::vector<std::shared_ptr<conn_group>> _groups;  // one for each loop
    uint64_t _admitted = 0;
    std::atomic<uint64_t> _refused{0};
    log_limiter _refused_limiter;
};

}  // namespace lars
