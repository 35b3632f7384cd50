#include "dns.h"

#include "process_metrics.h"

namespace lars {

static constexpr std::chrono::milliseconds STOP_GRACE(2000);
// A table of usual size is compared with the database so soon that nobody need be given an
// older snapshot. A larger one is served at once.
static constexpr std::chrono::milliseconds COMPARED_WITHIN(50);
static constexpr size_t USUAL_SIZE = 10000;

dns::dns(const service_context &context, const options &configured)
    : _context(context),
      _options(configured),
      _server(context.loop, configured),
      _tables(context.loop,
              [this](std::vector<route_backend::news> &batch) {
                  for (route_backend::news &next : batch)
                      serve(next);
              }),
      _backend(configured, context.loop->log(),
               [this](route_backend::news next) { _tables.send(std::move(next)); }),
      _metrics(context.loop,
               [this](const std::shared_ptr<metrics_page> &page) { add_metrics(page); })
{
}

status dns::start()
{
    _server.set_on_hint([this] { _backend.hint(); });
    if (status s = _server.bind(); !s)
        return s;
    if (status s = _backend.start(); !s)
        return s;
    _metrics.start(_options.metrics);
    return {};
}

void dns::serve(route_backend::news &next)
{
    if (_server.serving()) {
        _server.publish(std::move(next.table), std::move(next.changed), next.complete);
        return;
    }
    const bool is_waiting = _first.table != nullptr;
    _first = std::move(next);
    if (_first.complete || _first.table->size() > USUAL_SIZE)
        start_server();
    else if (!is_waiting)
        _context.loop->run_after(COMPARED_WITHIN, [this] { start_server(); });
}

void dns::start_server()
{
    if (_stopping || _server.serving())
        return;
    if (status s = _server.start(std::move(_first.table), _first.complete); s)
        _context.serving({_server.address()});
    else
        _context.failed(s);
}

void dns::reload(const options &fresh)
{
    if (!(fresh.server == _options.server) || !(fresh.metrics == _options.metrics))
        _context.loop->log()(log_level::warn, "a change in [reactor] or [metrics] needs a restart");
    _backend.set_options(fresh);
}

void dns::add_metrics(const std::shared_ptr<metrics_page> &page)
{
    add_process_metrics(_context, page.get());
    _backend.add_metrics(page.get());
    page->gauge("lars_dns_serving", "Whether lookups are answered.", _server.serving());
    if (_server.serving())
        _server.add_metrics(page);
}

void dns::stop(std::function<void()> done)
{
    _stopping = true;
    _backend.stop();
    _server.stop(STOP_GRACE, std::move(done));
}

}  // namespace lars
