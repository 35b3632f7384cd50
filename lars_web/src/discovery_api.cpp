#include "discovery_api.h"

#include <charconv>
#include <chrono>
#include <ctime>

#include "api_errors.h"
#include "module_text.h"
#include "murmur3.h"

namespace lars {

using nlohmann::json;
using clock_type = std::chrono::steady_clock;

static constexpr std::chrono::seconds LONGEST_WAIT(60);
static constexpr std::chrono::milliseconds BETWEEN_LOOKS(500);
static constexpr size_t MOST_WAITING = 16;  // half of the threads that answer

static bool is_passing(const host_view &host)
{
    return host.state == host_state::healthy || host.state == host_state::unknown;
}

status discovery_api::read(const module_id &module, module_view *view)
{
    std::vector<module_view> views;
    const status s = _database->use([&](db_client &client) {
        return read_module_views(client, {module}, time(nullptr), &views);
    });
    if (s)
        *view = std::move(views[0]);
    return s;
}

http_answer discovery_api::prometheus(const http_request &request)
{
    http_answer wrong;
    const auto module = module_of(request, &wrong);
    if (!module)
        return wrong;
    module_view view;
    if (status s = read(*module, &view); !s)
        return database_answer(s);
    json targets = json::array();
    for (const host_view &host : view.hosts) {
        if (is_passing(host))
            targets.push_back(host.host.address.to_string());
    }
    return json_answer({{{"targets", targets},
                         {"labels",
                          {{"__meta_lars_modid", std::to_string(module->modid)},
                           {"__meta_lars_cmdid", std::to_string(module->cmdid)}}}}});
}

static json entry_of(const host_view &host, const std::string &service)
{
    const std::string ip = ip_to_string(host.host.address.ip);
    const std::string status = is_passing(host) ? "passing" : "critical";
    const std::string id = service + "-" + host.host.address.to_string();
    return {{"Node", {{"ID", ""}, {"Node", ip}, {"Address", ip}, {"Datacenter", "lars"}}},
            {"Service",
             {{"ID", id},
              {"Service", service},
              {"Tags", json::array()},
              {"Address", ip},
              {"Port", host.host.address.port},
              {"Weights", {{"Passing", host.host.weight}, {"Warning", 1}}}}},
            {"Checks",
             {{{"Node", ip},
               {"CheckID", "lars:" + id},
               {"Name", "as its callers see it"},
               {"Status", status},
               {"Output", to_string(host.state)},
               {"ServiceID", id},
               {"ServiceName", service}}}}};
}

static json entries_of(const module_view &view, bool passing)
{
    const std::string service =
        std::to_string(view.module.modid) + "-" + std::to_string(view.module.cmdid);
    json list = json::array();
    for (const host_view &host : view.hosts) {
        if (!host.host.drained() && (is_passing(host) || !passing))
            list.push_back(entry_of(host, service));
    }
    return list;
}

// "60s", "5m", "1500ms"; where it is absent, Consul waits for five minutes.
static std::optional<std::chrono::milliseconds> wait_of(const http_request &request)
{
    const auto text = request.parameter("wait");
    if (!text)
        return LONGEST_WAIT;
    uint32_t number = 0;
    const char *end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, number);
    const std::string unit(stopped, end);
    if (error != std::errc() || (unit != "s" && unit != "m" && unit != "ms"))
        return std::nullopt;
    const std::chrono::milliseconds wait(uint64_t{number} * (unit == "ms"  ? 1u
                                                             : unit == "s" ? 1000u
                                                                           : 60000u));
    return std::min<std::chrono::milliseconds>(wait, LONGEST_WAIT);
}

// A number that another list does not have: to the client it is a version.
static uint64_t index_of(const std::string &text)
{
    return (uint64_t{murmur3(text.data(), text.size(), 1)} << 16 ^
            murmur3(text.data(), text.size(), 2)) |
           1;
}

static std::optional<module_id> module_of_service(const std::string &name)
{
    // The second number may be negative: "1--2".
    const size_t dash = name.find('-', 1);
    if (dash == std::string::npos)
        return std::nullopt;
    return parse_module(name.substr(0, dash) + "," + name.substr(dash + 1));
}

// One of the requests that wait for a change; they are few enough to leave threads for others.
class discovery_api::waiting_place {
public:
    explicit waiting_place(discovery_api *of) : _of(of)
    {
        std::lock_guard lock(_of->_mutex);
        _taken = _of->_waiting < MOST_WAITING;
        _of->_waiting += _taken;
    }
    ~waiting_place()
    {
        std::lock_guard lock(_of->_mutex);
        _of->_waiting -= _taken;
    }
    waiting_place(const waiting_place &) = delete;
    waiting_place &operator=(const waiting_place &) = delete;

    bool taken() const { return _taken; }

private:
    discovery_api *_of;
    bool _taken = false;
};

// False once everything ends.
bool discovery_api::pause(std::chrono::milliseconds time)
{
    std::unique_lock lock(_mutex);
    return !_ended.wait_for(lock, time, [this] { return _stopping; });
}

http_answer discovery_api::consul(const http_request &request)
{
    const auto module = module_of_service(request.parts.at(0));
    if (!module)
        return bad_request("'" + request.parts.at(0) + "' is not a service: expected MODID-CMDID");
    http_answer wrong;
    const auto known = number_of(request, "index", 0, 0, UINT64_MAX, &wrong);
    if (!known)
        return wrong;
    const auto wait = wait_of(request);
    if (!wait)
        return bad_request("wait: expected a time such as 60s");
    const auto deadline = clock_type::now() + *wait;
    std::optional<waiting_place> place;
    while (true) {
        module_view view;
        if (status s = read(*module, &view); !s)
            return database_answer(s);
        http_answer answer =
            json_answer(entries_of(view, request.parameter("passing").has_value()));
        const uint64_t index = index_of(answer.body);
        answer.headers.emplace_back("X-Consul-Index", std::to_string(index));
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock_type::now());
        if (*known != index || left.count() <= 0)
            return answer;
        if (!place)
            place.emplace(this);
        if (!place->taken())
            return error_answer(503, "busy", "too many requests wait for changes");
        if (!pause(std::min(left, BETWEEN_LOOKS)))
            return error_answer(503, "busy", "lars_web is stopping");
    }
}

void discovery_api::stop()
{
    std::lock_guard lock(_mutex);
    _stopping = true;
    _ended.notify_all();
}

}  // namespace lars
