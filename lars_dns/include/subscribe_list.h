// Who wants to hear of which module, by connection id, so that a new connection
// with an old fd is never taken for the old one. Each loop has a list of its
// own for its own connections. One thread.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "route.h"

namespace lars {

class subscribe_list {
public:
    // What one connection may subscribe to.
    static constexpr size_t MAX_PER_CONNECTION = 200000;

    // Subscribing twice is the same as once. False where the connection has
    // MAX_PER_CONNECTION subscriptions already.
    bool subscribe(uint64_t conn_id, const module_id &module);
    // Forgets the connection.
    void unsubscribe(uint64_t conn_id);

    // Null when nobody subscribes. Valid until the list changes.
    const std::vector<uint64_t> *subscribers(const module_id &module) const;

private:
    std::unordered_map<module_id, std::vector<uint64_t>, module_id_hash> _by_module;
    std::unordered_map<uint64_t, std::unordered_set<module_id, module_id_hash>> _by_connection;
};

}  // namespace lars
