#include "hash_ring.h"

#include <gtest/gtest.h>

#include <map>

namespace lars {
namespace {

constexpr int keys = 100000;

TEST(HashRing, WithoutNodesGivesNone)
{
    hash_ring ring;
    EXPECT_TRUE(ring.empty());
    EXPECT_EQ(ring.node_for("key"), -1);
    EXPECT_EQ(ring.node_for({1, 1}), -1);
}

TEST(HashRing, SharesAreAboutEven)
{
    for (int nodes : {2, 3, 7, 16}) {
        hash_ring ring;
        for (int node = 0; node < nodes; ++node)
            ring.add(node);
        std::map<int, int> counts;
        for (int key = 0; key < keys; ++key)
            ++counts[ring.node_for({key / 10, key % 10})];
        ASSERT_EQ(counts.size(), static_cast<size_t>(nodes));
        for (const auto &[node, count] : counts) {
            EXPECT_GT(count, keys / nodes * 7 / 10) << "node " << node << " of " << nodes;
            EXPECT_LT(count, keys / nodes * 13 / 10) << "node " << node << " of " << nodes;
        }
    }
}

TEST(HashRing, ANewNodeTakesItsShareAndNothingElseMoves)
{
    constexpr int nodes = 4;
    hash_ring ring;
    for (int node = 0; node < nodes; ++node)
        ring.add(node);
    hash_ring larger = ring;
    larger.add(nodes);

    int moved = 0;
    for (int key = 0; key < keys; ++key) {
        const int before = ring.node_for({key, -key});
        const int after = larger.node_for({key, -key});
        if (before == after)
            continue;
        ASSERT_EQ(after, nodes);
        ++moved;
    }
    EXPECT_GT(moved, keys / (nodes + 1) * 7 / 10);
    EXPECT_LT(moved, keys / (nodes + 1) * 13 / 10);
}

TEST(HashRing, RemovingANodeUndoesAddingIt)
{
    hash_ring ring;
    ring.add(1);
    ring.add(2);
    hash_ring other = ring;
    other.add(3);
    other.remove(3);
    other.remove(3);
    EXPECT_EQ(other.size(), 2u);
    for (int key = 0; key < 1000; ++key)
        EXPECT_EQ(ring.node_for({key, 0}), other.node_for({key, 0}));
}

TEST(HashRing, TheOrderOfAddingDoesNotMatterNorDoesAddingTwice)
{
    hash_ring ring;
    hash_ring other;
    for (int node : {0, 1, 2, 1})
        ring.add(node);
    for (int node : {2, 0, 1})
        other.add(node);
    EXPECT_EQ(ring.size(), 3u);
    for (int key = 0; key < 1000; ++key)
        EXPECT_EQ(ring.node_for({key, 1}), other.node_for({key, 1}));
}

TEST(HashRing, OneNodeGetsAllKeysAndZeroVirtualNodesMeanOne)
{
    hash_ring ring(0);
    ring.add(5);
    EXPECT_EQ(ring.size(), 1u);
    for (int key = 0; key < 100; ++key)
        EXPECT_EQ(ring.node_for({key, key}), 5);
}

}  // namespace
}  // namespace lars
