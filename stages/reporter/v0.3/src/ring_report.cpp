// What a ring is good for, in numbers: how many keys move when a node comes or goes, and how
// even the shares are. Each run prints the same.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "consistent_hash.h"
#include "murmur3.h"

static const int KEYS = 100000;
static const int VIRTUAL_NODES = 100;

// Chooses a node for a key.
typedef std::function<std::string(uint64_t key)> chooser;

// The modules (1,1) to (1000,100).
static uint64_t key(int i)
{
    return static_cast<uint64_t>(i / 100 + 1) << 32 | static_cast<uint64_t>(i % 100 + 1);
}

static std::vector<std::string> nodes(int n)
{
    std::vector<std::string> names;
    for (int i = 0; i < n; i++) {
        names.push_back(std::string("Node ") + static_cast<char>('A' + i));
    }
    return names;
}

static std::vector<std::string> without_first(std::vector<std::string> names)
{
    names.erase(names.begin());
    return names;
}

static chooser modulo(const std::vector<std::string> &names)
{
    return [names](uint64_t k) { return names[murmur3_32(&k, sizeof k) % names.size()]; };
}

static consistent_hash ring_of(const std::vector<std::string> &names, int virtual_nodes)
{
    consistent_hash ring;
    for (const std::string &name : names) {
        ring.add_node(name, virtual_nodes);
    }
    return ring;
}

static chooser on(const consistent_hash &ring)
{
    return [ring](uint64_t k) { return ring.node_of(k); };
}

// The share of the keys that have another node afterwards.
static double moved(const chooser &before, const chooser &after)
{
    int n = 0;
    for (int i = 0; i < KEYS; i++) {
        n += before(key(i)) != after(key(i));
    }
    return 100.0 * n / KEYS;
}

static void print_moves(int n)
{
    consistent_hash ring = ring_of(nodes(n), VIRTUAL_NODES), bigger = ring, smaller;
    bigger.add_node(nodes(n + 1).back(), VIRTUAL_NODES);
    smaller = bigger;
    smaller.remove_node(nodes(1).front());
    printf("%3d, one more %10.1f %% %8.1f %% %8.1f %%\n", n, moved(modulo(nodes(n)), modulo(nodes(n + 1))),
           moved(on(ring), on(bigger)), 100.0 / (n + 1));
    printf("%3d, one less %10.1f %% %8.1f %% %8.1f %%\n", n + 1, moved(modulo(nodes(n + 1)), modulo(without_first(nodes(n + 1)))),
           moved(on(bigger), on(smaller)), 100.0 / (n + 1));
}

static void print_shares(const std::string &what, const chooser &choose)
{
    std::map<std::string, int> shares;
    for (const std::string &name : nodes(10)) {
        shares[name] = 0;
    }
    for (int i = 0; i < KEYS; i++) {
        shares[choose(key(i))]++;
    }
    auto smaller = [](const auto &a, const auto &b) { return a.second < b.second; };
    auto ends = std::minmax_element(shares.begin(), shares.end(), smaller);
    printf("%-18s %6.1f %% %8.1f %%\n", what.c_str(), 100.0 * ends.first->second / KEYS, 100.0 * ends.second->second / KEYS);
}

int main()
{
    printf("Of %d keys so many move (a node has %d virtual nodes):\n", KEYS, VIRTUAL_NODES);
    printf("%-13s %12s %10s %10s\n", "nodes", "modulo", "ring", "one share");
    for (int n : {3, 9, 19}) {
        print_moves(n);
    }

    printf("\nShares of 10 nodes (fair: 10.0 %%):\n");
    printf("%-18s %8s %10s\n", "", "smallest", "largest");
    print_shares("modulo", modulo(nodes(10)));
    for (int virtual_nodes : {1, 10, 100, 1000}) {
        print_shares(std::to_string(virtual_nodes) + " virtual node" + (virtual_nodes == 1 ? "" : "s"),
                     on(ring_of(nodes(10), virtual_nodes)));
    }
    return 0;
}
