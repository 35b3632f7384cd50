#include "subscribe_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace lars {
namespace {

std::vector<uint64_t> sorted(const subscribe_list &list, const module_id &module)
{
    const std::vector<uint64_t> *found = list.subscribers(module);
    std::vector<uint64_t> ids = found ? *found : std::vector<uint64_t>();
    std::sort(ids.begin(), ids.end());
    return ids;
}
using ids = std::vector<uint64_t>;

// Module N of many.
module_id m(size_t n)
{
    return {static_cast<int32_t>(n), 1};
}

// A list, and the connections that have joined it.
struct joined_list : subscribe_list {
    std::map<uint64_t, subscriber *> conns;

    subscriber *operator[](uint64_t id)
    {
        subscriber *&conn = conns[id];
        if (!conn)
            conn = join(id);
        return conn;
    }
    void end(uint64_t id)
    {
        leave((*this)[id]);
        conns.erase(id);
    }
};

TEST(SubscribeList, KnowsWhoWantsWhat)
{
    joined_list list;
    EXPECT_EQ(list.subscribers(m(5)), nullptr);
    for (uint64_t conn : {1, 2, 3})
        EXPECT_TRUE(list.subscribe(list[conn], m(5)));
    EXPECT_TRUE(list.subscribe(list[2], m(6)));
    EXPECT_EQ(sorted(list, m(5)), (ids{1, 2, 3}));
    EXPECT_EQ(sorted(list, m(6)), ids{2});
}

TEST(SubscribeList, TwiceIsTheSameAsOnce)
{
    joined_list list;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(list.subscribe(list[1], m(5)));
    EXPECT_EQ(sorted(list, m(5)), ids{1});
    list.end(1);
    EXPECT_EQ(list.subscribers(m(5)), nullptr);
}

TEST(SubscribeList, Trap_D3_AConnectionThatLeftIsForgottenEverywhere)
{
    joined_list list;
    for (size_t key : {5, 6, 7}) {
        EXPECT_TRUE(list.subscribe(list[1], m(key)));
        EXPECT_TRUE(list.subscribe(list[2], m(key)));
    }
    list.end(1);
    list.end(77);
    for (size_t key : {5, 6, 7})
        EXPECT_EQ(sorted(list, m(key)), ids{2});
    list.end(2);
    for (size_t key : {5, 6, 7})
        EXPECT_EQ(list.subscribers(m(key)), nullptr);
}

TEST(SubscribeList, OneConnectionCannotTakeAllMemory)
{
    joined_list list;
    for (size_t key = 0; key < subscribe_list::MAX_PER_CONNECTION; ++key)
        ASSERT_TRUE(list.subscribe(list[1], m(key)));
    EXPECT_FALSE(list.subscribe(list[1], m(subscribe_list::MAX_PER_CONNECTION)));
    EXPECT_TRUE(list.subscribe(list[1], m(0))) << "has it already";
    EXPECT_EQ(list.subscribers(m(subscribe_list::MAX_PER_CONNECTION)), nullptr);
    EXPECT_TRUE(list.subscribe(list[2], m(subscribe_list::MAX_PER_CONNECTION)))
        << "others still may";
    list.end(1);
    EXPECT_TRUE(list.subscribe(list[1], m(subscribe_list::MAX_PER_CONNECTION)));
}

TEST(SubscribeList, OneSubscriptionCanBeEnded)
{
    joined_list list;
    for (size_t key : {5, 6}) {
        list.subscribe(list[1], m(key));
        list.subscribe(list[2], m(key));
    }
    list.unsubscribe(list[1], m(5));
    list.unsubscribe(list[1], m(5));
    list.unsubscribe(list[3], m(5));
    EXPECT_EQ(sorted(list, m(5)), ids{2});
    EXPECT_EQ(sorted(list, m(6)), (ids{1, 2}));
    EXPECT_EQ(list.size(), 3u);
    list.end(1);
    EXPECT_EQ(sorted(list, m(5)), ids{2});
    EXPECT_EQ(list.size(), 2u);
}

TEST(SubscribeList, TheFirstOfTooManyUnknownModulesIsReturned)
{
    joined_list list;
    for (size_t i = 0; i < subscribe_list::MAX_UNKNOWN; ++i) {
        list.subscribe(list[1], m(i));
        ASSERT_FALSE(list.subscribed_to_unknown(list[1], m(i)).has_value()) << i;
    }
    list.subscribe(list[2], m(0));
    EXPECT_FALSE(list.subscribed_to_unknown(list[2], m(0)).has_value())
        << "each connection counts alone";
    list.subscribe(list[1], m(77777));
    EXPECT_EQ(list.subscribed_to_unknown(list[1], m(77777)), m(0));
    EXPECT_EQ(list.subscribed_to_unknown(list[1], m(77778)), m(1));
}

TEST(SubscribeList, InAllTheyAreLimitedAndEachConnectionHasItsShare)
{
    joined_list list;
    const size_t connections = subscribe_list::MAX_IN_ALL / subscribe_list::MAX_PER_CONNECTION;
    for (size_t conn = 1; conn <= connections; ++conn) {
        for (size_t i = 0; i < subscribe_list::MAX_PER_CONNECTION; ++i)
            ASSERT_TRUE(list.subscribe(list[conn], m(i)));
    }
    EXPECT_EQ(list.size(), subscribe_list::MAX_IN_ALL);
    EXPECT_FALSE(list.subscribe(list[1], m(subscribe_list::MAX_PER_CONNECTION)));
    const size_t share = subscribe_list::MAX_IN_ALL / (connections + 1);
    for (size_t i = 0; i < share; ++i)
        ASSERT_TRUE(list.subscribe(list[connections + 1], m(i))) << i;
    EXPECT_FALSE(list.subscribe(list[connections + 1], m(share)));
}

}  // namespace
}  // namespace lars
