#include "consistent_hash.h"

#include <iterator>

#include "murmur3.h"

void consistent_hash::add_node(const std::string &name, int virtual_nodes)
{
    remove_node(name);
    for (int i = 1; i <= virtual_nodes; i++) {
        std::string virtual_name = name + "#" + std::to_string(i);
        // A place that is taken, which is rare, stays with whom it has.
        _ring.insert({murmur3(virtual_name.data(), virtual_name.size()), name});
    }
}

void consistent_hash::remove_node(const std::string &name)
{
    for (auto it = _ring.begin(); it != _ring.end();) {
        it = it->second == name ? _ring.erase(it) : std::next(it);
    }
}

const std::string &consistent_hash::node_of(uint64_t key) const
{
    static const std::string nobody;
    if (_ring.empty()) {
        return nobody;
    }
    unsigned char bytes[8];   // in the same order on every machine
    for (int i = 0; i < 8; i++) {
        bytes[i] = static_cast<unsigned char>(key >> 8 * i);
    }
    auto it = _ring.lower_bound(murmur3(bytes, sizeof bytes));
    return it != _ring.end() ? it->second : _ring.begin()->second;
}
