#include "dns_client.h"

#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace lars {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The first deadline of a question; it doubles with each try.
static constexpr seconds ANSWER_DEADLINE(1);
static constexpr uint32_t LONGEST_DEADLINE_STEP = 3;
// A dns that says nothing for so long, while questions wait, is given up.
static constexpr seconds SILENCE_LIMIT(4);
static constexpr milliseconds SAVE_DELAY(1000);
static constexpr minutes FORGET_INTERVAL(1);
static constexpr minutes UNUSED_LASTS(10);

bool dns_client::pending_deadline::operator<(const pending_deadline &other) const
{
    return std::tie(when, id.modid, id.cmdid) <
           std::tie(other.when, other.id.modid, other.id.cmdid);
}

dns_client::dns_client(event_loop *loop, const std::vector<endpoint> &servers, std::string cache,
                       route_callback on_route)
    : _loop(loop),
      _cache(std::move(cache)),
      _on_route(std::move(on_route)),
      _client(loop, "dns", servers),
      _pulls(loop, [this](std::vector<module_id> &batch) {
          for (const module_id &id : batch)
              want(id);
      })
{
}

dns_client::~dns_client()
{
    stop();
}

std::vector<route_update> dns_client::load_cache()
{
    if (_cache.empty() || access(_cache.c_str(), F_OK) != 0)
        return {};
    std::vector<route_row> rows;
    if (status s = load_route_file(_cache, &rows); !s) {
        _loop->log()(log_level::error, "route cache: " + s.message());
        return {};
    }
    for (const route_row &row : rows) {
        std::vector<endpoint> &hosts = _modules[{row.modid, row.cmdid}].hosts;
        const bool usable = row.host.ip != 0 && row.host.port != 0;
        if (usable && std::find(hosts.begin(), hosts.end(), row.host) == hosts.end())
            hosts.push_back(row.host);
    }
    std::vector<route_update> known;
    for (const auto &[id, module] : _modules)
        known.push_back({id, module.hosts});
    _loop->log()(log_level::info,
                 std::to_string(known.size()) + " modules known from " + _cache);
    return known;
}

status dns_client::start()
{
    _client.set_conn_start([this](net_connection &) {
        _heard = _loop->now();
        ask_for_everything();
    });
    _client.set_conn_close([this](net_connection &) { _deadlines.clear(); });
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
    if (_cache_behind)
        save_cache();
    _loop->cancel(_deadline_timer);
    _loop->cancel(_forget_timer);
    _loop->cancel(_save_timer);
}

void dns_client::want(module_id id)
{
    known_module &wanted = _modules[id];
    wanted.asked = _loop->now();
    // One that is pending will be asked for again, now or once connected.
    if (wanted.pending)
        return;
    wanted.pending = true;
    wanted.tries = 0;
    if (!_client.connected())
        return;
    // Silence counts from the first question that waits.
    if (_deadlines.empty())
        _heard = _loop->now();
    ask(id, wanted);
}

void dns_client::ask(module_id id, known_module &wanted)
{
    GetRouteRequest request;
    request.set_modid(id.modid);
    request.set_cmdid(id.cmdid);
    const std::string body = request.SerializeAsString();
    // Where this fails the connection is ending, and the next one asks again.
    _client.send_message(body.data(), body.size(), ID_GetRouteRequest);

    wanted.deadline =
        _loop->now() + ANSWER_DEADLINE * (1 << std::min(wanted.tries, LONGEST_DEADLINE_STEP));
    ++wanted.tries;
    const bool earliest = _deadlines.empty() || wanted.deadline < _deadlines.begin()->when;
    _deadlines.insert({wanted.deadline, id});
    if (!earliest)
        return;
    _loop->cancel(_deadline_timer);
    _deadline_timer = _loop->run_after(
        std::chrono::ceil<milliseconds>(wanted.deadline - _loop->now()), [this] { on_deadlines(); });
}

void dns_client::ask_for_everything()
{
    _deadlines.clear();
    for (auto &[id, module] : _modules) {
        module.pending = true;
        module.tries = 0;
        ask(id, module);
    }
}

void dns_client::on_deadlines()
{
    const auto now = _loop->now();
    if (!_deadlines.empty() && _deadlines.begin()->when <= now && now - _heard > SILENCE_LIMIT) {
        _loop->log()(log_level::warn, "dns: " + _client.peer().to_string() + " does not answer");
        _client.close();
        return;
    }
    while (!_deadlines.empty() && _deadlines.begin()->when <= now) {
        const module_id id = _deadlines.begin()->id;
        _deadlines.erase(_deadlines.begin());
        ask(id, _modules[id]);
    }
    if (_deadlines.empty())
        return;
    _loop->cancel(_deadline_timer);
    _deadline_timer = _loop->run_after(
        std::chrono::ceil<milliseconds>(_deadlines.begin()->when - now), [this] { on_deadlines(); });
}

// The hosts of a route that can be called, each once.
static std::vector<endpoint> usable_hosts(const GetRouteResponse &body)
{
    std::vector<endpoint> hosts;
    std::unordered_set<uint64_t> seen;
    for (const HostInfo &info : body.host()) {
        const auto ip = static_cast<uint32_t>(info.ip());
        if (ip == 0 || info.port() < 1 || info.port() > 65535)
            continue;
        const auto port = static_cast<uint16_t>(info.port());
        if (seen.insert(uint64_t{ip} << 16 | port).second)
            hosts.push_back({ip, port});
    }
    return hosts;
}

void dns_client::on_route(const char *data, uint32_t len)
{
    _heard = _loop->now();
    GetRouteResponse body;
    if (!body.ParseFromArray(data, static_cast<int>(len))) {
        ++_bad_messages;
        _bad_limiter.write(_loop->log(), _loop->now(), log_level::warn,
                           "dropped a route that does not parse (", _bad_messages, " so far)");
        return;
    }
    const module_id id{body.modid(), body.cmdid()};
    const auto found = _modules.find(id);
    if (found == _modules.end())
        return;
    known_module &module = found->second;
    if (module.pending)
        _deadlines.erase({module.deadline, id});
    module.pending = false;

    std::vector<endpoint> hosts = usable_hosts(body);
    if (module.hosts != hosts) {
        module.hosts = hosts;
        changed();
    }
    _on_route({id, std::move(hosts)});
}

void dns_client::changed()
{
    if (_cache.empty() || _cache_behind)
        return;
    save_later();
}

void dns_client::save_later()
{
    _cache_behind = true;
    _loop->cancel(_save_timer);
    _save_timer = _loop->run_after(SAVE_DELAY, [this] { save_cache(); });
}

void dns_client::save_cache()
{
    _cache_behind = false;
    std::vector<route_row> rows;
    for (const auto &[id, module] : _modules) {
        for (const endpoint &host : module.hosts)
            rows.push_back({id.modid, id.cmdid, host});
    }
    const status saved = save_route_file(_cache, rows);
    if (saved.message() != _cache_trouble && !saved)
        _loop->log()(log_level::error, "route cache: " + saved.message());
    _cache_trouble = saved.message();
    // A disk that is full now may have room later.
    if (!saved)
        save_later();
}

void dns_client::forget_unused()
{
    for (auto it = _modules.begin(); it != _modules.end();) {
        const known_module &module = it->second;
        if (module.hosts.empty() && !module.pending && _loop->now() - module.asked > UNUSED_LASTS)
            it = _modules.erase(it);
        else
            ++it;
    }
}

}  // namespace lars
