// A consistent-hash ring: gives each key one of a few nodes. Every node stands
// at many points (virtual nodes), so shares are about even, and adding a node
// moves only the keys that the new node takes over. The same nodes give the
// same answers in every process, in whatever order they were added.
// Any number of threads may ask at the same time, while none changes the ring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "route.h"

namespace lars {

class hash_ring {
public:
    // VIRTUAL_NODES is how many points each node has; 0 counts as 1.
    explicit hash_ring(size_t virtual_nodes = 256);

    // A node is known by its number, which is not negative. Adding one that is there,
    // or removing one that is not, changes nothing.
    void add(int node);
    void remove(int node);

    // For tests. Whether there is no node, and how many there are.
    bool empty() const { return _points.empty(); }
    size_t size() const { return _points.size() / _virtual_nodes; }

    // Returns the node that the key belongs to; -1 if the ring has none. The key of a
    // module is the eight bytes of its two numbers, little-endian.
    int node_for(std::string_view key) const;
    int node_for(const module_id &module) const;

private:
    size_t _virtual_nodes;
    std::vector<std::pair<uint32_t, int>> _points;  // sorted: position, node
};

}  // namespace lars
