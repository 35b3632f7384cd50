#include "dns.h"

namespace lars {

static constexpr std::chrono::milliseconds STOP_GRACE(2000);

dns::dns(const service_context &context, const options &configured)
    : _context(context),
      _options(configured),
      _server(context.loop, configured),
      _tables(context.loop,
              [this](std::vector<table_change> &batch) {
                  for (table_change &next : batch)
                      serve(next);
              }),
      _backend(configured, context.loop->log(),
               [this](std::shared_ptr<const route_table> table, std::vector<module_id> changed) {
                   _tables.send({std::move(table), std::move(changed)});
               })
{
}

status dns::start()
{
    const status bound = _server.bind();
    return bound ? _backend.start() : bound;
}

void dns::serve(table_change &next)
{
    if (_server.serving()) {
        _server.publish(std::move(next.table), std::move(next.changed));
        return;
    }
    if (_stopping)
        return;
    if (status s = _server.start(std::move(next.table)); s)
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
