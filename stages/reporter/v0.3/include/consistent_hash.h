// A ring of nodes that chooses one for each key, and changes its mind about as few keys as
// possible when nodes come and go.
// Once the nodes are in, any number of threads may ask; add and remove want it alone.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

class consistent_hash {
public:
    // Puts a node on the ring, at as many places as virtual_nodes says: those of "NAME#1",
    // "NAME#2", … Fewer than 1 count as 1. A node that is there gets the new number.
    void add_node(const std::string &name, int virtual_nodes);

    // Its keys go to those that follow on the ring. A node that is not there stays away.
    void remove_node(const std::string &name);

    // The name of the node that has this key, good until that node is removed or added again.
    // Throws std::out_of_range when there are no nodes.
    const std::string &node_of(uint64_t key) const;

private:
    std::set<std::pair<uint32_t, std::string>> _ring;   // a place and whose it is
    std::map<std::string, int> _virtual_nodes;
};
