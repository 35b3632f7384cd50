#include "testing.h"

#include <map>

#include "consistent_hash.h"
#include "murmur3.h"

static uint32_t hash(const std::string &text, uint32_t seed = 0)
{
    return murmur3(text.data(), text.size(), seed);
}

// Values that other implementations of the same hash publish.
TEST(Murmur3, GivesThePublishedValues)
{
    EXPECT_EQ(0u, hash(""));
    EXPECT_EQ(0x514E28B7u, hash("", 1));
    EXPECT_EQ(0x81F16F39u, hash("", 0xffffffff));
    EXPECT_EQ(0xBA6BD213u, hash("test"));
    EXPECT_EQ(0x7FA09EA6u, hash("a", 0x9747b28c));
    EXPECT_EQ(0x5D211726u, hash("aa", 0x9747b28c));
    EXPECT_EQ(0x283E0130u, hash("aaa", 0x9747b28c));
    EXPECT_EQ(0x5A97808Au, hash("aaaa", 0x9747b28c));
    EXPECT_EQ(0x24884CBAu, hash("Hello, world!", 0x9747b28c));
    EXPECT_EQ(0x2FA826CDu, hash("The quick brown fox jumps over the lazy dog", 0x9747b28c));
    EXPECT_EQ(0x76293B50u, hash("\xff\xff\xff\xff"));
}

static consistent_hash ring_of(int nodes, int virtual_nodes)
{
    consistent_hash ring;
    for (int i = 0; i < nodes; i++) {
        ring.add_node(std::to_string(i), virtual_nodes);
    }
    return ring;
}

TEST(ConsistentHash, WithoutANodeNobodyHasAKey)
{
    consistent_hash ring;
    EXPECT_EQ("", ring.node_of(1));
    ring.add_node("A", 0);
    EXPECT_EQ("", ring.node_of(1));
    ring.remove_node("nobody");
    ring.add_node("A", 10);
    EXPECT_EQ("A", ring.node_of(1));
    ring.remove_node("A");
    EXPECT_EQ("", ring.node_of(1));
}

// The first place from the hash on, and after the last one the first again.
TEST(ConsistentHash, AKeyBelongsToTheNextPlaceOnTheRing)
{
    consistent_hash ring = ring_of(3, 10);
    std::map<uint32_t, std::string> places;
    for (int node = 0; node < 3; node++) {
        for (int i = 1; i <= 10; i++) {
            places[hash(std::to_string(node) + "#" + std::to_string(i))] = std::to_string(node);
        }
    }
    bool around = false;
    for (uint64_t key = 0; key < 1000; key++) {
        std::string bytes(8, '\0');
        for (int i = 0; i < 8; i++) {
            bytes[static_cast<size_t>(i)] = static_cast<char>(key >> 8 * i);
        }
        auto it = places.lower_bound(hash(bytes));
        around = around || it == places.end();
        EXPECT_EQ(it == places.end() ? places.begin()->second : it->second, ring.node_of(key)) << key;
    }
    EXPECT_TRUE(around) << "no key was behind the last place";
}

TEST(ConsistentHash, TheOrderInWhichNodesComeDoesNotMatter)
{
    consistent_hash one = ring_of(4, 100), other;
    for (int node : {2, 0, 3, 1, 2}) {   // one comes twice
        other.add_node(std::to_string(node), 100);
    }
    for (uint64_t key = 0; key < 1000; key++) {
        EXPECT_EQ(one.node_of(key), other.node_of(key));
    }
}

TEST(ConsistentHash, ANewNodeTakesKeysFromOthersAndMovesNoneBetweenThem)
{
    consistent_hash ring = ring_of(4, 1000), before = ring;
    ring.add_node("new", 1000);
    int moved = 0;
    for (uint64_t key = 0; key < 20000; key++) {
        if (ring.node_of(key) != before.node_of(key)) {
            EXPECT_EQ("new", ring.node_of(key));
            moved++;
        }
    }
    EXPECT_GT(moved, 20000 * 16 / 100);   // about a fifth
    EXPECT_LT(moved, 20000 * 24 / 100);
    ring.remove_node("new");
    for (uint64_t key = 0; key < 1000; key++) {
        EXPECT_EQ(before.node_of(key), ring.node_of(key));   // all is as it was
    }
}

TEST(ConsistentHash, MoreVirtualNodesMakeTheSharesMoreEven)
{
    double last_spread = 1;
    for (int virtual_nodes : {1, 10, 1000}) {
        consistent_hash ring = ring_of(4, virtual_nodes);
        std::map<std::string, int> shares = {{"0", 0}, {"1", 0}, {"2", 0}, {"3", 0}};
        for (uint64_t key = 0; key < 20000; key++) {
            shares[ring.node_of(key)]++;
        }
        int least = 20000, most = 0;
        for (const auto &share : shares) {
            least = std::min(least, share.second);
            most = std::max(most, share.second);
        }
        double spread = (most - least) / 20000.0;
        EXPECT_LT(spread, last_spread) << virtual_nodes;
        last_spread = spread;
    }
    EXPECT_LT(last_spread, 0.05);
}
