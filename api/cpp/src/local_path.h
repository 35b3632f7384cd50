// The local path of a client: choosing from the table of an agent on this machine and counting
// in a page that they share, without asking. It meets the agent, and meets it again when it
// was away, without making a call wait. One thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "coarse_clock.h"
#include "local_meeting.h"
#include "local_session.h"

namespace lars {

class local_path {
public:
    // What a client asks the agent at AGENT_IP for can go this way if that is this machine.
    explicit local_path(const std::string &agent_ip);

    // Whether it is used at all; at first it is. Not using it ends the session.
    void use(bool wanted);

    // Whether the call was made here. If not, it goes by UDP.
    enum class outcome { done, overload, elsewhere };
    outcome choose(int modid, int cmdid, std::string &ip, int &port)
    {
        local_session *here = session();
        if (!here)
            return choose_elsewhere();
        const auto chosen = here->choose(module_of(modid, cmdid), ip, port);
        _wants_offer = chosen == local_session::outcome::not_in_table;
        _in_use = chosen == local_session::outcome::done;
        return _in_use ? outcome::done : explain(chosen, modid, cmdid);
    }
    // PORT is in 1..65535.
    bool report(int modid, int cmdid, const std::string &ip, int port, bool success,
                int timecost_ms)
    {
        local_session *here = session();
        return here && here->report(module_of(modid, cmdid), ip, port, success,
                                    static_cast<uint32_t>(std::max(0, timecost_ms))) ==
                           local_session::outcome::done;
    }

    // After a choice that goes by UDP: whether it is to ask the agent for the local path too.
    bool wants_offer() const { return _wants_offer; }
    // The agent's answer to one who asked: the file of its socket, or nothing.
    void take_offer(const std::string &path);
    // The agent has answered by UDP; and has chosen that host, IP in host order.
    void note_answer();
    void note_choice(int modid, int cmdid, uint32_t ip, int port);

    // Whether the last choice was made here.
    bool is_in_use() const { return _in_use; }
    // Why a choice is not made here; empty if nothing has gone wrong.
    const std::string &error() const { return _error; }
    // Since when nothing shows that the agent lives; 0 if it does.
    std::chrono::milliseconds stale() const;

    // In a child of fork(): lets go of what is the parent's, and begins anew.
    void begin_anew();

private:
    static uint64_t module_of(int modid, int cmdid)
    {
        return local::pack(static_cast<uint32_t>(modid), static_cast<uint32_t>(cmdid));
    }
    // The session that a call can be made in; nullptr if there is none.
    local_session *session()
    {
        if (!_session || _session->is_doubtful())
            attend(coarse_time());
        else if (_meeting.waits())
            _meeting.give_up();  // the agent was slow, and no other one is needed
        return _session.get();
    }
    outcome choose_elsewhere();
    void attend(uint64_t now);
    void look_for_answer(uint64_t now);
    void try_to_meet(uint64_t now);
    void begin_session(local_meeting::gifts gifts);
    outcome explain(local_session::outcome chosen, int modid, int cmdid);

    std::string _agent_ip;
    bool _on_this_machine = false;
    bool _wanted = true;
    bool _in_use = false;
    bool _wants_offer = false;
    std::string _path;  // of the agent's socket; empty: it has offered none
    std::string _error;
    local_meeting _meeting;
    std::unique_ptr<local_session> _session;
    local_session::choice _elsewhere;  // the last one
    // Coarse times.
    uint64_t _attended = 0;  // when it was last looked what the meeting has come to
    uint64_t _met = 0;       // when the last meeting began
    uint64_t _next_try = 0;  // not before is another one begun
    // When the agent was last known to live: by an answer, or by stale() itself.
    mutable uint64_t _heard = 0;
};

}  // namespace lars
