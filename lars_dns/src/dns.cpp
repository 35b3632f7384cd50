#include "dns.h"

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
               [this](route_backend::news next) { _tables.send(std::move(next)); })
{
}

status dns::start()
{
    _server.set_on_hint([this] { _backend.hint(); });
    const status bound = _server.bind();
    return bound ? _backend.start() : bound;
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
    if (!(fresh.server == _options.server))
        _context.loop->log()(log_level::warn, "a change in [reactor] needs a restart");
    _backend.set_options(fresh);
}

void dns::stop(std::function<void()> done)
{
    _stopping = true;
    _backend.stop();
    _server.stop(STOP_GRACE, std::move(done));
}

}  // namespace lars
