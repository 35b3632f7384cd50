#include "dns_client.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "server_options.h"

namespace lars {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The first deadline of a question; it doubles with each try.
static constexpr seconds ANSWER_DEADLINE(1);
static constexpr uint32_t LONGEST_DEADLINE_STEP = 3;
static constexpr size_t MODULES_TO_CHOOSE_FROM = 16;
// So many modules without hosts are kept in mind, to ask for them after a reconnect.
static constexpr size_t MAX_WITHOUT_HOSTS = 30000;
// A connection that nothing was asked on for so long is shown to be an agent's.
static constexpr seconds GREETING_AFTER(6);
static constexpr minutes FORGET_INTERVAL(1);
static constexpr minutes UNUSED_LASTS(10);

bool dns_client::pending_deadline::operator<(const pending_deadline &other) const
{
    return std::tie(when, module) < std::tie(other.when, other.module);
}

dns_client::dns_client(event_loop *loop, const std::vector<server_address> &servers,
                       std::string cache, route_callback on_route)
    : _loop(loop),
      _cache("route cache", std::move(cache), loop->log()),
      _on_route(std::move(on_route)),
      _client(loop, "dns", servers, service_client_options()),
      _watch(
          loop, [this] { return _client.address_count(); }, [this] { return ask_something(); },
          [this] { on_silence(); }),
      _pulls(loop, [this](std::vector<module_id> &batch) {
          for (const module_id &module : batch)
              want(module);
      })
{
}

dns_client::~dns_client()
{
    stop();
}

std::vector<module_route> dns_client::load_cache()
{
    auto known = _cache.load();
    if (!known)
        return {};
    for (const module_route &route : known->routes)
        _modules[route.module].hosts = route.hosts;
    _loop->log()(log_level::info, known->routes.size(), " modules known from ", _cache.path());
    return std::move(known->routes);
}

status dns_client::start()
{
    _client.set_conn_start([this](net_connection &) {
        _watch.begin();
        ask_for_everything();
        _loop->cancel(_greeting_timer);
        _greeting_timer = _loop->run_after(GREETING_AFTER, [this] { greet(); });
    });
    _client.set_conn_close([this](net_connection &) {
        _watch.end();
        _deadlines.clear();
    });
    const status added = _client.add_msg_router(
        ID_GetRouteResponse,
        [this](const char *data, uint32_t len, int, net_connection &) { on_route(data, len); });
    if (!added)
        return added;
    _forget_timer = _loop->run_every(FORGET_INTERVAL, [this] { forget_unused(); });
    _client.start();
    return {};
}

void dns_client::stop()
{
    _client.stop();
    _watch.end();
    if (_cache.save_due())
        save_cache();
    _loop->cancel(_deadline_timer);
    _loop->cancel(_forget_timer);
    _loop->cancel(_greeting_timer);
    _loop->cancel(_save_timer);
}

void dns_client::want(const module_id &module)
{
    known_module &wanted = _modules[module];
    wanted.last_pull = _loop->now();
    // One that is pending will be asked for again, now or once connected.
    if (wanted.pending)
        return;
    wanted.pending = true;
    wanted.tries = 0;
    if (_client.connected())
        ask(module, wanted);
}

void dns_client::ask(const module_id &module, known_module &wanted)
{
    const std::string body = encode_route_request(module);
    // Where this fails the connection is ending, and the next one asks again.
    _client.send_message(body.data(), body.size(), ID_GetRouteRequest);
    _watch.asked();

    wanted.deadline =
        _loop->now() + ANSWER_DEADLINE * (1 << std::min(wanted.tries, LONGEST_DEADLINE_STEP));
    ++wanted.tries;
    const bool earliest = _deadlines.empty() || wanted.deadline < _deadlines.begin()->when;
    _deadlines.insert({wanted.deadline, module});
    if (!earliest)
        return;
    _loop->cancel(_deadline_timer);
    _deadline_timer =
        _loop->run_after(std::chrono::ceil<milliseconds>(wanted.deadline - _loop->now()),
                         [this] { on_deadlines(); });
}

void dns_client::ask_for_everything()
{
    _deadlines.clear();
    for (auto &[module, known] : _modules) {
        known.pending = true;
        known.tries = 0;
        ask(module, known);
    }
}

// A dns closes who has said nothing for some time (silent_timeout). No module is known yet, so
// this is about none, and its answer is ignored.
void dns_client::greet()
{
    if (!_modules.empty())
        return;
    const std::string body = encode_route_request({0, 0});
    _client.send_message(body.data(), body.size(), ID_GetRouteRequest);
}

void dns_client::on_deadlines()
{
    const auto now = _loop->now();
    while (!_deadlines.empty() && _deadlines.begin()->when <= now) {
        const module_id module = _deadlines.begin()->module;
        _deadlines.erase(_deadlines.begin());
        ask(module, _modules[module]);
    }
    if (_deadlines.empty())
        return;
    _loop->cancel(_deadline_timer);
    _deadline_timer =
        _loop->run_after(std::chrono::ceil<milliseconds>(_deadlines.begin()->when - now),
                         [this] { on_deadlines(); });
}

// What a dns has at hand, and is no work for anybody: of the first modules that have hosts,
// the one with the fewest. Where none has hosts, any.
dns_client::module_map::iterator dns_client::module_to_ask_for()
{
    size_t looked_at = 0;
    auto chosen = _modules.end();
    for (auto it = _modules.begin(); it != _modules.end() && looked_at < MODULES_TO_CHOOSE_FROM;
         ++it) {
        const size_t hosts = it->second.hosts.size();
        if (hosts == 0)
            continue;
        ++looked_at;
        if (chosen == _modules.end() || hosts < chosen->second.hosts.size())
            chosen = it;
    }
    return chosen == _modules.end() ? _modules.begin() : chosen;
}

bool dns_client::ask_something()
{
    const auto chosen = module_to_ask_for();
    if (chosen == _modules.end())
        return false;
    known_module &known = chosen->second;
    if (known.pending) {
        _watch.asked();  // its answer is due anyway
        return true;
    }
    known.pending = true;
    known.tries = 0;
    ask(chosen->first, known);
    return true;
}

void dns_client::on_silence()
{
    _loop->log()(log_level::warn, "dns: ", _client.peer(), " does not answer");
    _client.close();
}

void dns_client::on_route(const char *data, uint32_t len)
{
    answered_route route;
    if (!_codec.decode_route(data, len, &route)) {
        ++_bad_messages;
        _bad_limiter.write(_loop->log(), _loop->now(), log_level::warn,
                           "dropped a route that does not parse (", _bad_messages, " so far)");
        return;
    }
    const auto found = _modules.find(route.module);
    if (found == _modules.end())
        return;
    _watch.heard();
    known_module &known = found->second;
    if (known.pending)
        _deadlines.erase({known.deadline, route.module});
    known.pending = false;

    if (route.version != 0 && route.version < known.version)
        refuse_old_route(known, &route);
    known.version = route.version;
    if (known.hosts != route.hosts) {
        known.hosts = route.hosts;
        _cache.changed(_loop->now());
        save_when_due();
    }
    if (known.hosts.empty())
        limit_those_without_hosts(route.module, known);
    _on_route(std::move(route));
}

// Anybody may ask for modules that do not exist. Those that were answered first go.
void dns_client::limit_those_without_hosts(const module_id &module, known_module &known)
{
    if (!std::exchange(known.leaving, true))
        _without_hosts.push_back(module);
    while (_without_hosts.size() > MAX_WITHOUT_HOSTS) {
        const auto first = _modules.find(_without_hosts.front());
        _without_hosts.pop_front();
        if (first == _modules.end())
            continue;
        first->second.leaving = false;
        if (!first->second.pending && first->second.hosts.empty())
            _modules.erase(first);
    }
}

// From a dns that has only its snapshot, say. What is known is the answer then.
void dns_client::refuse_old_route(const known_module &known, answered_route *route)
{
    ++_old_routes;
    _old_limiter.write(_loop->log(), _loop->now(), log_level::warn, "dns: ", _client.peer(),
                       " has a route of ", route->module, " from RouteVersion ", route->version,
                       ", which is older than ", known.version, ": not taken (", _old_routes,
                       " so far)");
    route->hosts = known.hosts;
    route->version = known.version;
}

void dns_client::save_when_due()
{
    const auto due = _cache.save_due();
    if (!due)
        return;
    _loop->cancel(_save_timer);
    const auto delay = std::chrono::ceil<milliseconds>(*due - _loop->now());
    _save_timer = _loop->run_after(std::max(delay, milliseconds(0)), [this] { save_cache(); });
}

void dns_client::save_cache()
{
    std::vector<route_row> rows;
    for (const auto &[module, known] : _modules) {
        for (const route_host &host : known.hosts)
            rows.push_back({module, host});
    }
    _cache.save([rows = std::move(rows)] { return rows; }, 0, _loop->now());
    save_when_due();
}

void dns_client::forget_unused()
{
    for (auto it = _modules.begin(); it != _modules.end();) {
        const known_module &known = it->second;
        if (known.hosts.empty() && !known.pending && _loop->now() - known.last_pull > UNUSED_LASTS)
            it = _modules.erase(it);
        else
            ++it;
    }
}

void dns_client::add_metrics(metrics_page *page) const
{
    page->gauge("lars_agent_upstream_connected", "Whether there is a connection.",
                _client.connected(), {{"upstream", "dns"}});
    page->gauge("lars_agent_dns_modules", "Modules that the dns was asked for.",
                static_cast<double>(_modules.size()));
    page->gauge("lars_agent_dns_questions_waiting", "Questions to the dns without an answer.",
                static_cast<double>(_deadlines.size()));
    page->count("lars_agent_dns_bad_answers_total", "Answers of the dns that make no sense.",
                static_cast<double>(_bad_messages));
    page->count("lars_agent_dns_old_answers_total",
                "Answers of a dns that is behind, which were not taken.",
                static_cast<double>(_old_routes));
}

}  // namespace lars
