// An HTTP server for those who may be anybody. What a client can use is bounded: the bytes
// and the time of a request, connections, threads. Every answer has the headers that tell a
// browser to trust nothing but this server. The HTTP itself is a library's (cpp-httplib).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "endpoint.h"
#include "http_message.h"
#include "ip_ranges.h"
#include "log.h"
#include "status.h"

namespace lars {

struct http_limits {
    size_t head_bytes = 32 << 10;                 // of a request's line and headers
    size_t body_bytes = 64 << 10;                 // of its body,
    std::map<std::string, size_t> larger_bodies;  // but so many for these paths; "/a/": all below

    // For a whole request to arrive, and for a client to take the answer. Of larger bodies
    // each 64 KiB have that time.
    std::chrono::milliseconds read_time{10000};
    std::chrono::milliseconds write_time{10000};
    // How long a connection may be silent between two requests.
    std::chrono::milliseconds idle_time{5000};

    size_t workers = 32;      // threads; each serves one connection at a time
    size_t waiting = 64;      // connections that wait for one; more are closed at once
    size_t per_address = 16;  // of one address, except this machine's own and proxies
};

struct http_server_options {
    std::vector<std::string> names;  // of this server, besides localhost and its addresses
    ip_ranges proxies;               // whose X-Forwarded-... headers are believed
    http_limits limits;
};

class http_server {
public:
    // What a visitor must be allowed to do.
    enum class needs { nothing, reading, changing };
    // Called in a thread of the server, several at once. What it throws is logged, and
    // answered with 500. It must come to an end by itself once stop() was called.
    using handler = std::function<http_answer(const http_request &request)>;
    // Called in the same way before the body is read and before the handler: fills in
    // REQUEST->who. Returns nothing if the handler may run, or else the answer.
    using admission = std::function<std::optional<http_answer>(needs what, http_request *request)>;

    http_server(http_server_options options, admission admit, log_sink log);
    // Stops.
    ~http_server();

    // Before start(). Requests of METHOD whose path, decoded, is matched as a whole by the
    // regular expression PATTERN are answered by H; the first that was added wins. GET
    // answers HEAD too.
    void add(const std::string &method, const std::string &pattern, needs what, handler h);

    // Once. Serves at ADDRESS; a port of 0 becomes one that is free. The error names the
    // address.
    status start(const endpoint &address);
    // After start(). Any thread. Where it serves.
    endpoint address() const;
    // The thread of start(). Accepts nothing more, gives running requests a second, and ends
    // all connections and threads. Handlers are waited for.
    void stop();

private:
    struct parts;
    std::unique_ptr<parts> _parts;
};

}  // namespace lars
