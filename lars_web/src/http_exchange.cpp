#include "http_exchange.h"

#include <arpa/inet.h>

#include <chrono>
#include <exception>

namespace lars {

// What a client can send besides the bytes of its chunks.
static constexpr uint64_t CHUNK_OVERHEAD = 8;
// Of one connection: then its worker serves another.
static constexpr size_t MOST_REQUESTS = 100;

void http_service::warn(const std::string &line)
{
    const std::lock_guard<std::mutex> lock(log_mutex);
    limiter.write(log, std::chrono::steady_clock::now(), log_level::warn, line);
}

// What a browser may do with our answers: nothing that somebody else's page could use.
static httplib::Headers guarding_headers()
{
    return {{"Content-Security-Policy",
             "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
             "object-src 'none'"},
            {"X-Content-Type-Options", "nosniff"},
            {"X-Frame-Options", "DENY"},
            {"Referrer-Policy", "no-referrer"},
            {"Cross-Origin-Resource-Policy", "same-origin"},
            {"Accept-Ranges", "none"}};
}

static void copy_answer(const http_answer &from, httplib::Response *to)
{
    bool cached = false;
    for (const auto &[name, value] : from.headers) {
        to->set_header(name, value);
        cached = cached || name == "Cache-Control";
    }
    if (!cached)
        to->set_header("Cache-Control", "no-store");
    to->status = from.status;
    if (!from.body.empty())
        to->set_content(from.body, from.type);
}

http_exchange::http_exchange(http_service *service, http_listener *listener)
    : _service(service), _listener(listener)
{
    using httplib::Request;
    using httplib::Response;
    set_default_headers(guarding_headers());
    const auto idle = std::chrono::ceil<std::chrono::seconds>(service->options.limits.idle_time);
    set_keep_alive_timeout(idle.count());
    set_keep_alive_max_count(MOST_REQUESTS);
    set_pre_routing_handler([this](const Request &request, Response &response) {
        const bool has_body =
            request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
        if (has_body && !_refusal)
            return HandlerResponse::Unhandled;
        respond(response, nullptr);
        return HandlerResponse::Handled;
    });
    const auto with_body = [this](const Request &, Response &response,
                                  const httplib::ContentReader &body) { respond(response, &body); };
    Post("/", with_body);
    Put("/", with_body);
    Patch("/", with_body);
    Delete("/", with_body);
    // The errors that the library sees are answered like ours.
    set_error_handler([](const Request &, Response &response) {
        if (response.body.empty())
            copy_answer(error_answer(response.status, "bad_request", "the request makes no sense"),
                        &response);
    });
}

void http_exchange::serve(http_listener::connection &connection)
{
    bounded_stream stream(connection.fd.get(), connection.peer);
    const auto idle = _service->options.limits.idle_time;
    _served = 0;
    // The first request of a connection is waited for longer than the next ones.
    const auto go_on = [&] { return _served == 0 || _listener->may_idle(); };
    try {
        while (stream.await_request(idle, go_on)) {
            if (!serve_request(connection, stream)) {
                stream.linger();
                break;
            }
            ++_served;
        }
    } catch (const std::exception &why) {
        _service->warn("a connection of " + connection.peer.to_string() + " ended: " + why.what());
    }
}

size_t http_exchange::longest_body() const
{
    const http_limits &limits = _service->options.limits;
    const std::string path = _head.path();
    for (const auto &[begin, bytes] : limits.larger_bodies) {
        if (path == begin || (begin.back() == '/' && path.rfind(begin, 0) == 0))
            return bytes;
    }
    return limits.body_bytes;
}

static http_answer too_large(size_t longest)
{
    return error_answer(413, "too_large",
                        "the body is longer than " + std::to_string(longest) + " bytes");
}

// Reads and checks the head. Returns the answer if the request is not to be served.
std::optional<http_answer> http_exchange::read_head(bounded_stream &stream, bool *ended)
{
    const http_limits &limits = _service->options.limits;
    std::string text;
    switch (stream.read_head(&text, limits.head_bytes, limits.read_time)) {
    case bounded_stream::head_outcome::ended: *ended = true; return std::nullopt;
    case bounded_stream::head_outcome::too_slow:
        return error_answer(408, "too_slow", "the request did not arrive in time");
    case bounded_stream::head_outcome::too_large:
        return error_answer(431, "too_large",
                            "line and headers are longer than " +
                                std::to_string(limits.head_bytes) + " bytes");
    case bounded_stream::head_outcome::complete: break;
    }
    if (auto refused = parse_head(text, &_head))
        return refused;
    if (_head.content_length > longest_body())
        return too_large(longest_body());
    return std::nullopt;
}

// The client behind a proxy, as that says; the proxy itself if it says nothing of use.
static std::string client_of(const std::string &proxy, const std::string &forwarded_for)
{
    const size_t comma = forwarded_for.rfind(',');
    std::string last = comma == std::string::npos ? forwarded_for : forwarded_for.substr(comma + 1);
    last.erase(0, last.find_first_not_of(' '));
    in6_addr parsed;
    const bool is_ip = inet_pton(AF_INET, last.c_str(), &parsed) == 1 ||
                       inet_pton(AF_INET6, last.c_str(), &parsed) == 1;
    return is_ip ? last : proxy;
}

// What is known of the request before the library has seen it.
void http_exchange::prepare(const endpoint &peer)
{
    _request = http_request();
    _request.method = _head.method;
    _request.headers = _head.headers;
    _request.peer = ip_to_string(peer.ip);
    if (!_service->options.proxies.contains(peer.ip)) {
        // Whoever reads this header may believe it. That it was there is still to be seen.
        const auto proto = _request.headers.find("x-forwarded-proto");
        if (proto != _request.headers.end())
            proto->second.clear();
        return;
    }
    const auto forwarded_for = _head.headers.find("x-forwarded-for");
    if (forwarded_for != _head.headers.end())
        _request.peer = client_of(_request.peer, forwarded_for->second);
}

bool http_exchange::serve_request(http_listener::connection &connection, bounded_stream &stream)
{
    _head = request_head();
    bool ended = false;
    _refusal = read_head(stream, &ended);
    if (ended)
        return false;
    prepare(connection.peer);
    _listener->set_answering(connection, true);
    const bool closes = _refusal || !_head.keeps_connection() || _served + 1 >= MOST_REQUESTS;
    const std::string for_library =
        _refusal ? "GET / HTTP/1.1\r\nConnection: close\r\n\r\n" : _head.for_library();
    const uint64_t body =
        _head.chunked ? longest_body() * CHUNK_OVERHEAD + BUFSIZ : _head.content_length;
    stream.begin_exchange(for_library, _refusal ? 0 : body, _service->options.limits.write_time);
    _body_complete = !_head.chunked && _head.content_length == 0;
    bool connection_closed = false;
    const bool answered =
        process_request(stream, closes, connection_closed, [this](httplib::Request &request) {
            _request.path = request.path;
            _request.query = request.params;
            // Every route is ours, and the library has one path for each method.
            request.path = "/";
        });
    const bool running = _listener->set_answering(connection, false);
    return answered && running && !closes && !connection_closed && _body_complete &&
           stream.is_writable();
}

void http_exchange::respond(httplib::Response &response, const httplib::ContentReader *body)
{
    copy_answer(_refusal ? *_refusal : answer(body), &response);
}

http_answer http_exchange::answer(const httplib::ContentReader *body)
{
    const auto host = _request.headers.find("host");
    if (!_service->names.accept(host == _request.headers.end() ? "" : host->second))
        return error_answer(421, "wrong_host",
                            "this server does not go by that name; [web] names in lars_web.conf "
                            "says by which it does");
    http_answer refused;
    const http_routes::route *found = _service->routes.find(&_request, &refused);
    if (found == nullptr)
        return refused;
    try {
        if (const auto not_admitted = _service->admit(found->what, &_request))
            return *not_admitted;
        if (body != nullptr) {
            if (const auto no_body = read_body(*body, longest_body()))
                return *no_body;
        }
        return found->answer(_request);
    } catch (const std::exception &why) {
        _service->warn(_request.method + " " + _request.path + " failed: " + why.what());
    } catch (...) {
        _service->warn(_request.method + " " + _request.path + " failed");
    }
    return error_answer(500, "failed", "this failed here; the log of lars_web says why");
}

std::optional<http_answer> http_exchange::read_body(const httplib::ContentReader &body,
                                                    size_t longest)
{
    bool large = false;
    const bool read = body([&](const char *data, size_t size) {
        large = _request.body.size() + size > longest;
        if (!large)
            _request.body.append(data, size);
        return !large;
    });
    if (large)
        return too_large(longest);
    if (!read)
        return error_answer(400, "bad_request", "the body did not arrive as it was announced");
    _body_complete = true;
    return std::nullopt;
}

}  // namespace lars
