#include "reports.h"

#include <map>
#include <stdexcept>

#include "consistent_hash.h"
#include "murmur3.h"

static std::string hash_of(const std::string &bytes, uint32_t seed)
{
    char hex[16];
    snprintf(hex, sizeof hex, "%08x", murmur3_32(bytes.data(), bytes.size(), seed));
    return hex;
}

// Vectors that are published for this variant, among them all lengths of the rest.
TEST(Murmur3, GivesThePublishedNumbers)
{
    EXPECT_EQ("00000000", hash_of("", 0));
    EXPECT_EQ("514e28b7", hash_of("", 1));
    EXPECT_EQ("81f16f39", hash_of("", 0xffffffff));
    EXPECT_EQ("76293b50", hash_of("\xff\xff\xff\xff", 0));
    EXPECT_EQ("f55b516b", hash_of("\x21\x43\x65\x87", 0));
    EXPECT_EQ("2362f9de", hash_of("\x21\x43\x65\x87", 0x5082edee));
    EXPECT_EQ("7e4a8634", hash_of("\x21\x43\x65", 0));
    EXPECT_EQ("a0f7b07a", hash_of("\x21\x43", 0));
    EXPECT_EQ("72661cf4", hash_of("\x21", 0));
    EXPECT_EQ("2362f9de", hash_of(std::string(4, 0), 0));
    EXPECT_EQ("514e28b7", hash_of(std::string(1, 0), 0));
    EXPECT_EQ("24884cba", hash_of("Hello, world!", 0x9747b28c));
    EXPECT_EQ("2fa826cd", hash_of("The quick brown fox jumps over the lazy dog", 0x9747b28c));
}

static consistent_hash ring_of(const std::vector<std::string> &names, int virtual_nodes)
{
    consistent_hash ring;
    for (const std::string &name : names) {
        ring.add_node(name, virtual_nodes);
    }
    return ring;
}

static std::vector<std::string> owners(const consistent_hash &ring)
{
    std::vector<std::string> all;
    for (uint64_t key = 0; key < 5000; key++) {
        all.push_back(ring.node_of(key << 32 | key % 7));
    }
    return all;
}

TEST(ConsistentHash, ANodeThatComesTakesKeysAndNoOtherKeyMoves)
{
    consistent_hash ring = ring_of({"Node A", "Node B", "Node C"}, 100);
    std::vector<std::string> before = owners(ring);
    ring.add_node("Node D", 100);
    std::vector<std::string> after = owners(ring);
    int moved = 0;
    for (size_t i = 0; i < before.size(); i++) {
        if (before[i] != after[i]) {
            EXPECT_EQ("Node D", after[i]);
            moved++;
        }
    }
    EXPECT_LT(5000 / 4 * 7 / 10, moved);
    EXPECT_GT(5000 / 4 * 13 / 10, moved);
}

TEST(ConsistentHash, WhenANodeGoesOnlyItsKeysMove)
{
    consistent_hash ring = ring_of({"Node A", "Node B", "Node C", "Node D"}, 100);
    std::vector<std::string> before = owners(ring);
    ring.remove_node("Node B");
    std::vector<std::string> after = owners(ring);
    for (size_t i = 0; i < before.size(); i++) {
        EXPECT_NE("Node B", after[i]);
        EXPECT_TRUE(before[i] == "Node B" || before[i] == after[i]);
    }
    ring.add_node("Node B", 100);
    EXPECT_EQ(before, owners(ring));
}

TEST(ConsistentHash, TheOrderInWhichNodesCameMakesNoDifference)
{
    EXPECT_EQ(owners(ring_of({"Node A", "Node B", "Node C"}, 10)), owners(ring_of({"Node C", "Node A", "Node B"}, 10)));
}

// The hashes of these two happen to be the same.
TEST(ConsistentHash, TwoNodesMayHaveTheSamePlace)
{
    const std::string x = "Node 135571", y = "Node 149103";
    ASSERT_EQ(hash_of(x + "#1", 0), hash_of(y + "#1", 0));
    EXPECT_EQ(owners(ring_of({x, y, "Node A"}, 1)), owners(ring_of({y, x, "Node A"}, 1)));
    for (const std::string &gone : {x, y}) {
        consistent_hash ring = ring_of({x, y}, 1);
        ring.remove_node(gone);
        EXPECT_EQ(gone == x ? y : x, ring.node_of(1));
    }
}

// Computed by hand: the places of the virtual nodes, and the first one at or behind the key's.
TEST(ConsistentHash, AKeyBelongsToTheNextPlaceOnTheRing)
{
    std::map<uint32_t, std::string> places;
    for (const char *name : {"Node A", "Node B", "Node C"}) {
        for (int i = 1; i <= 2; i++) {
            std::string place = std::string(name) + "#" + std::to_string(i);
            places[murmur3_32(place.data(), place.size())] = name;
        }
    }
    ASSERT_EQ(6u, places.size());
    ASSERT_NE(places.begin()->second, places.rbegin()->second);
    consistent_hash ring = ring_of({"Node A", "Node B", "Node C"}, 2);
    bool began_again = false;
    for (uint64_t key = 0; key < 1000; key++) {
        const std::string bytes = {static_cast<char>(key), static_cast<char>(key >> 8), 0, 0, 0, 0, 0, 0};
        auto place = places.lower_bound(murmur3_32(bytes.data(), bytes.size()));
        began_again = began_again || place == places.end();
        EXPECT_EQ(place == places.end() ? places.begin()->second : place->second, ring.node_of(key));
    }
    EXPECT_TRUE(began_again);
}

TEST(ConsistentHash, AnEmptyRingThrows)
{
    consistent_hash ring;
    EXPECT_THROW(ring.node_of(1), std::out_of_range);
    ring.add_node("Node A", 10);
    EXPECT_EQ("Node A", ring.node_of(1));
    ring.remove_node("Node A");
    EXPECT_THROW(ring.node_of(1), std::out_of_range);
}

TEST(ConsistentHash, OddNumbersOfVirtualNodesAndNamesThatAreThereOrNot)
{
    consistent_hash ring;
    ring.add_node("Node A", 0);
    EXPECT_EQ("Node A", ring.node_of(1));
    ring.add_node("Node B", -5);
    EXPECT_EQ(owners(ring_of({"Node A", "Node B"}, 1)), owners(ring));
    ring.remove_node("nobody");
    EXPECT_EQ(owners(ring_of({"Node A", "Node B"}, 1)), owners(ring));
    // Added again, a node has the new number of places and nothing of the old.
    ring.add_node("Node A", 50);
    ring.add_node("Node A", 1);
    EXPECT_EQ(owners(ring_of({"Node A", "Node B"}, 1)), owners(ring));
    ring.remove_node("Node A");
    EXPECT_EQ(owners(ring_of({"Node B"}, 1)), owners(ring));
}

// The name that node_of gives is inside the ring.
TEST(ConsistentHash, TheNameThatItGaveMayBeAddedAgainAndRemoved)
{
    consistent_hash ring = ring_of({"a node with a name too long to be kept in place", "Node B"}, 20);
    ring.add_node(ring.node_of(1), 30);
    std::string gone = ring.node_of(1);
    ring.remove_node(ring.node_of(1));
    EXPECT_NE(gone, ring.node_of(1));
    ring.remove_node(ring.node_of(1));
    EXPECT_THROW(ring.node_of(1), std::out_of_range);
}

TEST(RingReport, PrintsTheSameEachTime)
{
    kit::program first({kit::binary("ring_report")}), second({kit::binary("ring_report")});
    ASSERT_EQ(0, first.wait());
    ASSERT_EQ(0, second.wait());
    EXPECT_EQ(first.output(), second.output());
}
