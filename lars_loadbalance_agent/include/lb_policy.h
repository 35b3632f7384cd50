// A policy judges the hosts of one module by their calls, and chooses among them. Each
// policy is a class of its own behind this interface, and load_balance is its only user.
//
// A policy does no I/O and looks at no clock: NOW is the time, which never goes back. It
// knows hosts by number alone. The configuration comes with each call, so that it may
// change between two. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "health_change.h"
#include "host_interval.h"
#include "lb_config.h"
#include "weighted_turn.h"

namespace lars {

// What there is to call.
enum class lb_choice {
    host,        // a host
    overloaded,  // nothing: all hosts are set aside, and it is not a probe's turn
    no_hosts,    // nothing: the module has no hosts
};

struct slot_change {
    host_slot host;
    health_change why;
};

// What a policy says about a host to a person who asks why.
struct host_account {
    double share = 0;                   // of the choices now, probes apart: 0 to 1
    std::optional<lb_time> next_probe;  // not before; nothing where no time is set
    std::vector<std::pair<std::string, std::string>> figures;  // names and values
};

// What the table shows of a host.
struct host_in_table {
    bool overloaded = false;
    bool chosen = false;  // its share counts: it is idle, or all are chosen from
    double share = 0;     // of the choices, against those of the others that are chosen
};

class lb_policy {
public:
    virtual ~lb_policy() = default;
    // A copy that goes its own way: what it would choose can be tried on it.
    virtual std::unique_ptr<lb_policy> clone() const = 0;

    // A new host, which begins idle. WEIGHT is above 0.
    virtual void add(host_slot host, uint32_t weight, const lb_config &config, lb_time now) = 0;
    // These are of hosts that have been added. Whoever is removed is forgotten.
    virtual void remove(host_slot host) = 0;
    virtual void set_weight(host_slot host, uint32_t weight) = 0;

    // Chooses the host to call next. With lb_choice::host it is in *OUT, which is
    // unchanged otherwise.
    virtual lb_choice choose(const lb_config &config, lb_time now, host_slot *out) = 0;
    // Counts a call, which took TIMECOST_MS. Returns the change of the host's state.
    virtual health_change report(host_slot host, bool success, uint32_t timecost_ms,
                                 const lb_config &config, lb_time now) = 0;

    // Counts an interval in which clients chose from the table, all at once: COUNTED is what
    // they did, each host of it there once. Returns the changes of states.
    virtual std::vector<slot_change> count_interval(const std::vector<slot_interval> &counted,
                                                    const lb_config &config, lb_time now) = 0;
    // To be asked after that. Returns an overloaded host if a probe is due: it is for one
    // client of the table, and counts as handed out.
    virtual std::optional<host_slot> probe_due(const lb_config &config, lb_time now) = 0;
    // What clients choose by.
    virtual host_in_table in_table(host_slot host) const = 0;
    // Moves on whenever what in_table() says of a host does, or the hosts do.
    uint64_t table_version() const { return _table_version; }

    // What the passing of time changes. It is to be called at next_deadline(), and returns
    // the hosts that changed their state. No deadline: time alone changes nothing.
    virtual std::vector<slot_change> check_deadlines(const lb_config &config, lb_time now) = 0;
    virtual std::optional<lb_time> next_deadline() const = 0;

    // The state of a host: idle if this is false.
    virtual bool overloaded(host_slot host) const = 0;
    // Why it is treated as it is.
    virtual host_account account(host_slot host, const lb_config &config, lb_time now) const = 0;

protected:
    void table_changed() { ++_table_version; }

private:
    uint64_t _table_version = 0;
};

// The policy that CONFIG names, without hosts. SEED decides where a turn begins, where the
// policy leaves that to chance.
std::unique_ptr<lb_policy> make_policy(const lb_config &config, uint32_t seed);

}  // namespace lars
