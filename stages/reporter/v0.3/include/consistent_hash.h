// Shares keys out among nodes so that a node that comes or goes moves few of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

// Any number of threads may ask at the same time, while nobody adds or removes.
class consistent_hash {
public:
    // Puts the node on the ring in so many places, those of the hashes of its virtual nodes
    // "NAME#1", "NAME#2" and so on. A node that is there already has its places from now on;
    // with less than one it has none.
    void add_node(const std::string &name, int virtual_nodes);

    // Takes all its places away. A node that is not there: nothing happens.
    void remove_node(const std::string &name);

    // The name of the node that has the key: the one at the first place from the key's hash on,
    // all around the ring. Without any node the name is empty. Valid until a node is added or removed.
    const std::string &node_of(uint64_t key) const;

private:
    std::map<uint32_t, std::string> _ring;   // from a place to the node that has it
};
