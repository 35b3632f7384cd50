// Accepts connections and hands them to a fixed number of threads. Connections are bounded:
// those that wait for a thread, and those of one address.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "endpoint.h"
#include "ip_ranges.h"
#include "log.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class http_listener {
public:
    struct limits {
        size_t workers = 32;
        size_t waiting = 64;
        size_t per_address = 16;
        ip_ranges unlimited;  // addresses that may have more
    };
    struct connection {
        unique_fd fd;
        endpoint peer;
        bool answering = false;  // guarded by the listener's mutex: its end would be missed
    };
    // Serves connections in the worker's thread, one after the other.
    using worker = std::function<void(connection &)>;

    http_listener(const limits &bounds, log_sink log) : _limits(bounds), _log(std::move(log)) {}
    // stop() has been called, or start() has failed.
    ~http_listener() = default;
    http_listener(const http_listener &) = delete;
    http_listener &operator=(const http_listener &) = delete;

    // Once. Calls MAKE_WORKER for each thread, and serves. An error names the address.
    status start(const endpoint &address, const std::function<worker()> &make_worker);
    // After start(). Any thread.
    endpoint address() const { return _address; }
    // The thread of start(). Accepts nothing more, ends connections that are not answered, a
    // second later the others too, and waits for the threads. Does nothing the second time.
    void stop();

    // Workers. Whether a silent connection may be kept: not when others wait, or at the end.
    bool may_idle();
    // Workers. Between a request and its answer, the connection is not ended by stop() at
    // once. Returns false if stop() was called: the connection is of no more use after the
    // answer.
    bool set_answering(connection &of, bool answering);

private:
    status listen(const endpoint &address);
    void accept_all();
    void take(unique_fd fd, const endpoint &peer);
    void work(const worker &serve);
    void end_connections(bool answering_too);

    limits _limits;
    log_sink _log;
    log_limiter _limiter;  // the accepting thread's
    endpoint _address;
    unique_fd _socket;
    std::thread _accepting;
    std::vector<std::thread> _workers;

    std::mutex _mutex;
    std::condition_variable _changed;
    // All of these are guarded by _mutex.
    bool _stopping = false;
    std::list<connection> _connections;
    std::deque<std::list<connection>::iterator> _waiting;
    std::map<uint32_t, size_t> _of_address;
};

}  // namespace lars
