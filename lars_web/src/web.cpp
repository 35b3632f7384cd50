#include "web.h"

#include "pages.h"
#include "process_metrics.h"

namespace lars {

static constexpr size_t LARGEST_IMPORT = 64 << 20;
static constexpr const char *IMPORT = "/api/v1/routes/import";
// Ten thousand hosts with their weights.
static constexpr size_t LARGEST_CHANGE = 1 << 20;
static const std::string MODULES = "/api/v1/modules/";
static const std::string MODULE = MODULES + "([^/]+)/([^/]+)";

web::web(const service_context &context, const options &configured)
    : _context(context),
      _options(configured),
      _users(configured.users_file, context.loop->log()),
      _sessions(configured.session_time),
      _access({configured.open_reading, configured.address}, &_users, &_sessions),
      _database(configured.database),
      _services(configured),
      _watch(configured, &_database, &_history, &_services, context.loop->log()),
      _session_api(&_access, &_users, &_sessions, context.loop->log()),
      _module_api(&_database, &_history),
      _change_api(&_database, configured.told),
      _audit_api(&_database),
      _routes_api(&_database, configured.told),
      _state_api(&_database, &_services, &_watch, configured.alarms),
      _discovery_api(&_database),
      _server(
          server_options(),
          [this](http_server::needs what, http_request *request) {
              return _access.admit(what, request);
          },
          context.loop->log()),
      _metrics(context.loop,
               [this](const std::shared_ptr<metrics_page> &page) { add_metrics(page); })
{
}

http_server_options web::server_options() const
{
    http_server_options server;
    server.names = _options.names;
    server.proxies = _options.proxies;
    server.limits.larger_bodies[IMPORT] = LARGEST_IMPORT;
    server.limits.larger_bodies[MODULES] = LARGEST_CHANGE;
    return server;
}

status web::open_files()
{
    if (status s = _users.read(); !s)
        return s;
    return _sessions.open(_options.session_key_file);
}

status web::add_handlers()
{
    using needs = http_server::needs;
    const auto add = [this](const char *method, const std::string &pattern, needs what,
                            auto *object, auto member) {
        _server.add(method, pattern, what, [object, member](const http_request &request) {
            return (object->*member)(request);
        });
    };
    add("GET", "/api/v1/modules", needs::reading, &_module_api, &module_api::list);
    add("GET", MODULE, needs::reading, &_module_api, &module_api::one);
    add("POST", MODULE + "/change", needs::changing, &_change_api, &change_api::change);
    add("POST", MODULE + "/move", needs::changing, &_change_api, &change_api::move);
    add("POST", MODULE + "/undo", needs::changing, &_change_api, &change_api::undo);
    add("GET", "/api/v1/routes", needs::reading, &_routes_api, &routes_api::export_all);
    add("POST", IMPORT, needs::changing, &_routes_api, &routes_api::import_all);
    add("POST", "/api/v1/routes/clear", needs::changing, &_routes_api, &routes_api::clear);
    add("POST", "/api/v1/routes/accept", needs::changing, &_routes_api, &routes_api::accept);
    add("GET", "/api/v1/audit", needs::reading, &_audit_api, &audit_api::list);
    add("PUT", "/api/v1/names/(modid|cmdid)/([^/]+)", needs::changing, &_module_api,
        &module_api::set_name);
    add("GET", "/api/v1/services", needs::reading, &_state_api, &state_api::services);
    add("GET", "/api/v1/alarms", needs::reading, &_state_api, &state_api::alarms);
    add("GET", "/api/v1/status", needs::reading, &_state_api, &state_api::overview);
    add("GET", "/api/v1/sd/prometheus/([^/]+)/([^/]+)", needs::reading, &_discovery_api,
        &discovery_api::prometheus);
    add("GET", "/v1/health/service/([^/]+)", needs::reading, &_discovery_api,
        &discovery_api::consul);
    add_pages(&_server);
    return _session_api.add_to(&_server);
}

status web::start()
{
    if (status s = open_files(); !s)
        return s;
    if (status s = add_handlers(); !s)
        return s;
    if (status s = _services.start(); !s)
        return s;
    if (status s = _watch.start(); !s)
        return s;
    if (status s = _server.start(_options.address); !s)
        return s;
    _metrics.start(_options.metrics);
    _context.serving({_server.address()});
    return {};
}

void web::reload(const options &)
{
    _context.loop->log()(log_level::warn, "what was changed in the configuration needs a restart");
}

void web::stop(std::function<void()> done)
{
    _discovery_api.stop();
    _database.stop();
    _server.stop();
    done();
}

void web::add_metrics(const std::shared_ptr<metrics_page> &page) const
{
    page->gauge("lars_web_database_up", "Whether the database answered the last time.",
                _database.health().ok());
    page->gauge("lars_web_alarms", "Alarms that last.",
                static_cast<double>(_watch.alarms().active().size()));
    add_process_metrics(_context, page.get());
}

}  // namespace lars
