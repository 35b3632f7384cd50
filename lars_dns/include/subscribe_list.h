// Which connections want to hear of which modules. It knows connections by their ids,
// which are never used again. Each loop has a list of its own, for its own connections.
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
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

    // Subscribes the connection to the module. Doing it twice is the same as once.
    // Returns false, and does nothing, if the connection has as many other subscriptions
    // as it may have.
    bool subscribe(uint64_t conn_id, const module_id &module);
    // Tells that the connection has just subscribed to a module that does not exist.
    // If there are more than MAX_UNKNOWN of those, returns the first of them, which is to be
    // unsubscribed unless it exists by now.
    std::optional<module_id> subscribed_to_unknown(uint64_t conn_id, const module_id &module);
    // Ends one subscription. Ignores one that is not there.
    void unsubscribe(uint64_t conn_id, const module_id &module);
    // Forgets the connection and all its subscriptions. Ignores one that has none.
    void unsubscribe(uint64_t conn_id);

    // The connections that have subscribed to the module; null if there are none. They
    // stay the list's, and are valid until it changes.
    const std::vector<uint64_t> *subscribers(const module_id &module) const;
    // How many subscriptions there are.
    size_t size() const { return _size; }

private:
    struct subscriber {
        std::unordered_set<module_id, module_id_hash> modules;
        std::deque<module_id> unknown;  // in the order of the subscriptions
    };

    void remove(uint64_t conn_id, const module_id &module);

    std::unordered_map<module_id, std::vector<uint64_t>, module_id_hash> _by_module;
    std::unordered_map<uint64_t, subscriber> _by_connection;
    size_t _size = 0;
};

}  // namespace lars
