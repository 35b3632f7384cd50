// Serves connections, one after the other and request by request: checks each request, finds
// its handler, and lets the HTTP library read its body and write its answer. A worker's
// thread has one of its own, so that the library's threads share nothing.
#pragma once

#include <httplib.h>

#include <mutex>
#include <optional>
#include <string>

#include "bounded_stream.h"
#include "http_listener.h"
#include "http_routes.h"
#include "http_server.h"
#include "request_head.h"
#include "server_names.h"

namespace lars {

// What all exchanges have in common. Once there is one, it does not change; the log's limit
// is guarded by the mutex.
struct http_service {
    http_service(http_server_options o, http_server::admission a, log_sink l)
        : options(std::move(o)), admit(std::move(a)), log(std::move(l))
    {
    }
    // Any thread. A line that a client can cause.
    void warn(const std::string &line);

    http_server_options options;
    http_server::admission admit;
    http_routes routes;
    server_names names;
    log_sink log;
    std::mutex log_mutex;
    log_limiter limiter{10};
};

class http_exchange final : private httplib::Server {
public:
    // SERVICE and LISTENER outlive this.
    http_exchange(http_service *service, http_listener *listener);

    // Serves CONNECTION until it ends.
    void serve(http_listener::connection &connection);

private:
    bool serve_request(http_listener::connection &connection, bounded_stream &stream);
    std::optional<http_answer> read_head(bounded_stream &stream, bool *ended);
    void prepare(const endpoint &peer);
    void respond(httplib::Response &response, const httplib::ContentReader *body);
    http_answer answer(const httplib::ContentReader *body);
    std::optional<http_answer> read_body(const httplib::ContentReader &body, size_t longest);
    size_t longest_body() const;

    http_service *_service;
    http_listener *_listener;
    size_t _served = 0;  // requests of this connection
    // Of the request that is being served.
    request_head _head;
    http_request _request;
    std::optional<http_answer> _refusal;
    bool _body_complete = false;
};

}  // namespace lars
