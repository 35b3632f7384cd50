// Which connections want to hear of which modules. It knows connections by their ids,
// which are never used again. Each loop has a list of its own, for its own connections.
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "route.h"

namespace lars {

class subscribe_list {
public:
    // How many modules one connection may subscribe to.
    static constexpr size_t MAX_PER_CONNECTION = 200000;

    // Subscribes the connection to the module. Doing it twice is the same as once.
    // Returns false, and does nothing, if the connection has MAX_PER_CONNECTION other
    // subscriptions.
    bool subscribe(uint64_t conn_id, const module_id &module);
    // Forgets the connection and all its subscriptions. Ignores one that has none.
    void unsubscribe(uint64_t conn_id);

    // The connections that have subscribed to the module; null if there are none. They
    // stay the list's, and are valid until it changes.
    const std::vector<uint64_t> *subscribers(const module_id &module) const;

private:
    std::unordered_map<module_id, std::vector<uint64_t>, module_id_hash> _by_module;
    std::unordered_map<uint64_t, std::unordered_set<module_id, module_id_hash>> _by_connection;
};

}  // namespace lars
