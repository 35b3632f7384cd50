#include "local_path.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace lars {

static constexpr uint64_t MEETING_PAUSE = SECOND;
// An agent that has not answered a greeting in that time is asked anew.
static constexpr uint64_t LONGEST_MEETING = 10 * SECOND;

static bool is_on_this_machine(const std::string &ip)
{
    in_addr address{};
    return inet_pton(AF_INET, ip.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

local_path::local_path(const std::string &agent_ip)
    : _agent_ip(agent_ip), _on_this_machine(is_on_this_machine(agent_ip)), _heard(exact_time())
{
    if (!_on_this_machine)
        _error = "the agent at '" + agent_ip + "' is not on this machine";
}

void local_path::use(bool wanted)
{
    if (wanted == _wanted)
        return;
    begin_anew();
    _wanted = wanted;
    if (_on_this_machine)
        _error = wanted ? "" : "the local path is switched off";
}

void local_path::begin_anew()
{
    _session.reset();
    _meeting.give_up();
    _attended = _next_try = 0;
    _in_use = _wants_offer = false;
}

void local_path::attend(uint64_t now)
{
    if (!_wanted || !_on_this_machine || now == _attended)
        return;
    _attended = now;
    if (_meeting.waits())
        look_for_answer(now);
    else if (now >= _next_try && !_path.empty())
        try_to_meet(now);
}

void local_path::try_to_meet(uint64_t now)
{
    _next_try = now + MEETING_PAUSE;
    if (_session && _session->is_alive(now) && !_session->is_worn_out())
        return;
    _met = now;
    _meeting.begin(_path, _error);
}

void local_path::look_for_answer(uint64_t now)
{
    local_meeting::gifts gifts;
    switch (_meeting.look(gifts, _error)) {
    case local_meeting::answer::met: begin_session(std::move(gifts)); break;
    case local_meeting::answer::refused: break;
    case local_meeting::answer::none_yet:
        if (now - _met > LONGEST_MEETING) {
            _meeting.give_up();
            _error = _path + ": the agent does not answer the greeting";
        }
    }
}

void local_path::begin_session(local_meeting::gifts gifts)
{
    const uint64_t seed =
        exact_time() ^ static_cast<uint64_t>(getpid()) << 40 ^ reinterpret_cast<uintptr_t>(this);
    auto fresh = std::make_unique<local_session>(seed);
    if (!fresh->begin(std::move(gifts), _error)) {
        _error = _path + ": " + _error;
        return;
    }
    const bool same_agent = _session && _session->agent() == fresh->agent();
    // It was slow, and still has our page.
    if (same_agent && _session->is_connected() && !_session->is_worn_out())
        return;
    // What one and the same agent had not taken over, it takes when a connection ends.
    if (_session && !same_agent)
        fresh->take_over(*_session);
    fresh->set_elsewhere(_elsewhere);
    _session = std::move(fresh);
    _error.clear();
    _heard = exact_time();
}

local_path::outcome local_path::choose_elsewhere()
{
    _in_use = false;
    _wants_offer = _wanted && _on_this_machine && (_meeting.waits() || coarse_time() >= _next_try);
    return outcome::elsewhere;
}

// Of a choice that has found no host.
local_path::outcome local_path::explain(local_session::outcome chosen, int modid, int cmdid)
{
    _in_use = chosen == local_session::outcome::overload;
    if (_in_use)
        return outcome::overload;
    const std::string module = "module " + std::to_string(modid) + "," + std::to_string(cmdid);
    _error = chosen == local_session::outcome::not_in_table
                 ? "the agent's table does not have " + module
                 : "there is no room for " + module + " in the page";
    return outcome::elsewhere;
}

void local_path::take_offer(const std::string &path)
{
    const uint64_t now = coarse_time();
    if (is_socket_path(path)) {
        _path = path;
        if (!_session && !_meeting.waits() && now >= _next_try)
            try_to_meet(now);
        return;
    }
    if (_session || _meeting.waits())
        return;
    _path.clear();
    _next_try = now + MEETING_PAUSE;
    _error = path.empty() ? "the agent offers no local path"
                          : "what the agent offers as local path is no socket's";
}

void local_path::note_answer()
{
    _heard = exact_time();
}

void local_path::note_choice(int modid, int cmdid, uint32_t ip, int port)
{
    _elsewhere = {module_of(modid, cmdid), local::pack(ip, static_cast<uint32_t>(port))};
    if (_session)
        _session->set_elsewhere(_elsewhere);
}

std::chrono::milliseconds local_path::stale() const
{
    const uint64_t now = exact_time();
    if (_session && _session->is_alive(now))
        _heard = now;
    const uint64_t last = _session ? std::max(_heard, _session->last_heartbeat()) : _heard;
    return std::chrono::milliseconds(now > last ? (now - last) / MILLISECOND : 0);
}

}  // namespace lars
