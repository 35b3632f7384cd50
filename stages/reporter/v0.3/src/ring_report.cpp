// How many keys move when a node comes or goes, and how even the nodes' shares are. The keys are
// 100,000 modules.
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "consistent_hash.h"

static const int VIRTUAL_NODES = 1000;

static std::vector<uint64_t> all_keys()
{
    std::vector<uint64_t> keys;
    for (uint64_t modid = 1; modid <= 1000; modid++) {
        for (uint64_t cmdid = 1; cmdid <= 100; cmdid++) {
            keys.push_back((modid << 32) + cmdid);
        }
    }
    return keys;
}

static std::string name_of(int node)
{
    return std::string("Node ") + static_cast<char>('A' + node);
}

static consistent_hash ring_of(int nodes, int virtual_nodes)
{
    consistent_hash ring;
    for (int i = 0; i < nodes; i++) {
        ring.add_node(name_of(i), virtual_nodes);
    }
    return ring;
}

// By the sum of its two numbers, as the simplest thing would be.
static uint64_t by_modulo(uint64_t key, int nodes)
{
    return ((key >> 32) + (key & 0xffffffff)) % static_cast<uint64_t>(nodes);
}

static void print_moves(const std::vector<uint64_t> &keys, int before, int after)
{
    consistent_hash old_ring = ring_of(before, VIRTUAL_NODES), new_ring = ring_of(after, VIRTUAL_NODES);
    int modulo = 0, ring = 0;
    for (uint64_t key : keys) {
        modulo += by_modulo(key, before) != by_modulo(key, after);
        ring += old_ring.node_of(key) != new_ring.node_of(key);
    }
    double percent = 100.0 / static_cast<double>(keys.size());
    printf("%2d to %2d nodes: modulo moves %4.1f %% of the keys, the ring %4.1f %%\n", before, after, modulo * percent,
           ring * percent);
}

static void print_shares(const std::vector<uint64_t> &keys, int nodes, int virtual_nodes)
{
    consistent_hash ring = ring_of(nodes, virtual_nodes);
    std::map<std::string, int> shares;
    for (int i = 0; i < nodes; i++) {
        shares[name_of(i)] = 0;
    }
    for (uint64_t key : keys) {
        shares[ring.node_of(key)]++;
    }
    printf("%4d virtual nodes:", virtual_nodes);
    for (const auto &share : shares) {
        printf(" %4.1f %%", 100.0 * share.second / static_cast<double>(keys.size()));
    }
    printf("\n");
}

int main()
{
    const std::vector<uint64_t> keys = all_keys();
    print_moves(keys, 3, 4);
    print_moves(keys, 4, 3);
    print_moves(keys, 10, 11);
    printf("the shares of 4 nodes:\n");
    for (int virtual_nodes : {1, 10, 100, 1000}) {
        print_shares(keys, 4, virtual_nodes);
    }
    return 0;
}
