// Whose turn it is: the servers that a client is to try, one after the other, and of a name
// all its IPv4 addresses. A name is looked up each time that its turn comes, by a thread that
// the loop does not wait for. While that fails, the addresses last known are tried. Loop
// thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "endpoint.h"
#include "event_loop.h"
#include "host_lookup.h"
#include "log.h"
#include "server_address.h"
#include "thread_queue.h"

namespace lars {

class address_turn {
public:
    // LOOP outlives this. NAME is for log lines. SERVERS has at least one element. ON_ANSWER
    // is called, from the loop, when the name is looked up that is needed next, or has turned
    // out to have no address.
    address_turn(event_loop *loop, std::string name, const std::vector<server_address> &servers,
                 std::function<void()> on_answer);

    // The turn that is on begins anew, with another look.
    void begin() { _looked_up = false; }
    // Begins to look up the name whose turn it is. False if there is nothing to wait for: the
    // server is an address, or was looked up in this turn, or the lookup cannot even begin.
    bool look_up();
    // The name servers have taken too long: goes on without them.
    void give_up_lookup();
    // Ends the wait; what comes later is kept for the next turn.
    void stop_waiting() { _waiting = false; }

    // After the lookup. The address to try; nothing where the name has none that was not
    // tried in this turn.
    const endpoint *current() const;

    // That address, null if there was none, has failed. True if it was the server's last, so
    // that it is the next one's turn.
    bool failed(const endpoint *address);
    // The connection to that address was lost. Of a name that has others the next one is
    // tried, after another look.
    void lost(const endpoint &address);

    // How many addresses there are to turn to, as far as that is known: a name that was never
    // looked up counts as one.
    size_t count() const;
    // Those, without names that were never looked up, and whether there are such.
    std::vector<endpoint> known() const;
    bool some_unknown() const;

    size_t servers() const { return _servers.size(); }

private:
    struct server {
        server_address name;
        std::unique_ptr<host_lookup> lookup;  // null for an address
        bool looked_up = false;
        std::vector<endpoint> known;
        trouble_log trouble;
    };
    struct answer {
        size_t server = 0;
        host_lookup::answer found;
    };

    void take(const answer &from);
    void say_trouble(server &of, const std::string &why);

    event_loop *_loop;
    std::string _name;
    std::function<void()> _on_answer;
    thread_queue<answer> _answers;
    std::vector<server> _servers;
    size_t _current = 0;
    std::vector<endpoint> _tried;  // of the current server, in this turn
    bool _looked_up = false;       // in this turn
    bool _waiting = false;
};

}  // namespace lars
