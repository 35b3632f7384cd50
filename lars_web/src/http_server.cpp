#include "http_server.h"

#include "http_exchange.h"
#include "http_listener.h"

namespace lars {

static http_listener::limits listener_limits(const http_server_options &options)
{
    http_listener::limits limits;
    limits.workers = options.limits.workers;
    limits.waiting = options.limits.waiting;
    limits.per_address = options.limits.per_address;
    // Both are ranges already, and so is the list of them.
    const std::string proxies = options.proxies.empty() ? "" : ", " + options.proxies.to_string();
    if (!ip_ranges::parse(ip_ranges::loopback().to_string() + proxies, &limits.unlimited))
        limits.unlimited = ip_ranges::loopback();
    return limits;
}

struct http_server::parts {
    parts(http_server_options options, admission admit, const log_sink &log)
        : service(std::move(options), std::move(admit), log),
          listener(listener_limits(service.options), log)
    {
    }

    http_service service;
    http_listener listener;
};

http_server::http_server(http_server_options options, admission admit, log_sink log)
    : _parts(std::make_unique<parts>(std::move(options), std::move(admit), log))
{
}

http_server::~http_server()
{
    stop();
}

void http_server::add(const std::string &method, const std::string &pattern, needs what, handler h)
{
    _parts->service.routes.add(method, pattern, what, std::move(h));
}

status http_server::start(const endpoint &address)
{
    _parts->service.names = server_names(address, _parts->service.options.names);
    return _parts->listener.start(address, [this] {
        const auto exchange = std::make_shared<http_exchange>(&_parts->service, &_parts->listener);
        return [exchange](http_listener::connection &one) { exchange->serve(one); };
    });
}

endpoint http_server::address() const
{
    return _parts->listener.address();
}

void http_server::stop()
{
    _parts->listener.stop();
}

}  // namespace lars
