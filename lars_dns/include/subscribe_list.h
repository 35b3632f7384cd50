// Which connections want to hear of which modules. It knows connections by their ids,
// which are never used again. Each loop has a list of its own, for its own connections.
// One thread.
#pragma once

#include <tsl/robin_map.h>
#include <tsl/robin_set.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "route.h"

namespace lars {

class subscribe_list {
public:
    // How many modules one connection may subscribe to.
    static constexpr size_t MAX_PER_CONNECTION = 200000;
    // When so many subscriptions are here, a connection may have no more than its fair
    // share of them: MAX_IN_ALL, divided by the connections that have any.
    static constexpr size_t MAX_IN_ALL = 2000000;
    // How many modules that do not exist one connection may have subscribed to.
    static constexpr size_t MAX_UNKNOWN = 10000;

    // What the list knows of one connection.
    class subscriber;

    // A connection begins. What is returned is the list's, and valid until leave().
    subscriber *join(uint64_t conn_id);
    // It has ended: it is forgotten, and all its subscriptions.
    void leave(subscriber *who);

    // Subscribes it to the module. Doing it twice is the same as once. Returns false, and
    // does nothing, if it has as many other subscriptions as it may have.
    bool subscribe(subscriber *who, const module_id &module);
    // Tells that it has just subscribed to a module that does not exist. If there are more
    // than MAX_UNKNOWN of those, returns the first of them, which is to be unsubscribed
    // unless it exists by now.
    std::optional<module_id> subscribed_to_unknown(subscriber *who, const module_id &module);
    // Ends one subscription. Ignores one that is not there.
    void unsubscribe(subscriber *who, const module_id &module);

    // The connections that have subscribed to the module; null if there are none. They
    // stay the list's, and are valid until it changes.
    const std::vector<uint64_t> *subscribers(const module_id &module) const;
    // How many subscriptions there are.
    size_t size() const { return _size; }

private:
    // A lookup asks each time whether it is a subscription already: a flat table answers
    // that with one look at the memory, where std::unordered_set takes three.
    using module_set = tsl::robin_set<module_id, module_id_hash>;

    void remove(uint64_t conn_id, const module_id &module);

    tsl::robin_map<module_id, std::vector<uint64_t>, module_id_hash> _by_module;
    tsl::robin_map<const subscriber *, std::unique_ptr<subscriber>> _all;
    size_t _with_any = 0;  // how many of them have a subscription
    size_t _size = 0;
};

class subscribe_list::subscriber {
public:
    explicit subscriber(uint64_t conn_id) : _conn_id(conn_id) {}

private:
    friend class subscribe_list;

    uint64_t _conn_id;
    module_set _modules;
    // Those that do not exist, in the order of the subscriptions. Most have none, and an
    // empty deque takes half a kilobyte.
    std::unique_ptr<std::deque<module_id>> _unknown;
};

}  // namespace lars
