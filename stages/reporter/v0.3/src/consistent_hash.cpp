#include "consistent_hash.h"

#include <algorithm>
#include <stdexcept>

#include "murmur3.h"

static uint32_t place_of(const std::string &name, int number)
{
    std::string virtual_node = name + "#" + std::to_string(number);
    return murmur3_32(virtual_node.data(), virtual_node.size());
}

void consistent_hash::add_node(const std::string &name, int virtual_nodes)
{
    std::string own = name;   // the caller's may be one of the ring, which goes now
    remove_node(own);
    virtual_nodes = std::max(virtual_nodes, 1);
    for (int i = 1; i <= virtual_nodes; i++) {
        _ring.insert({place_of(own, i), own});
    }
    _virtual_nodes[own] = virtual_nodes;
}

void consistent_hash::remove_node(const std::string &name)
{
    auto node = _virtual_nodes.find(name);
    if (node == _virtual_nodes.end()) {
        return;
    }
    for (int i = 1; i <= node->second; i++) {
        _ring.erase({place_of(node->first, i), node->first});
    }
    _virtual_nodes.erase(node);
}

const std::string &consistent_hash::node_of(uint64_t key) const
{
    if (_ring.empty()) {
        throw std::out_of_range("consistent_hash: there are no nodes");
    }
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = static_cast<uint8_t>(key >> 8 * i);
    }
    // The first place at or behind the key's own; behind the last one the ring begins again.
    auto next = _ring.lower_bound({murmur3_32(bytes, sizeof bytes), ""});
    return next == _ring.end() ? _ring.begin()->second : next->second;
}
