// The table as its owner writes it, read as a client does: also while it is written, without
// pause, by another thread.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "choice_table.h"
#include "table_part.h"
#include "table_reader.h"

namespace lars {
namespace {

using namespace local;
using shown = load_balance::shown_host;

uint64_t packed(const module_id &module)
{
    return pack(static_cast<uint32_t>(module.modid), static_cast<uint32_t>(module.cmdid));
}

// Hosts that all say the same NUMBER of themselves.
std::vector<shown> hosts_of(uint32_t number, size_t count)
{
    std::vector<shown> hosts;
    for (size_t i = 0; i < count; ++i) {
        shown host;
        host.address = {number, static_cast<uint16_t>(i + 1)};
        host.slot = static_cast<host_slot>(i);
        host.what = {number % 2 == 1, number % 2 == 0, 1.0 + number};
        host.since = lb_time(std::chrono::nanoseconds(number));
        hosts.push_back(host);
    }
    return hosts;
}

class TablePart : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(make_table(_limits, &_table));
        _part.emplace(part_of(_table, _limits, 0), _limits);
        std::string why;
        ASSERT_TRUE(_reader.begin(_table.data(), _table.size(), why)) << why;
    }
    // What a client that looks for it finds; nothing if it finds none.
    std::optional<table_reader::copy> read(const module_id &module) const
    {
        const record_header *record = _reader.find(0, packed(module));
        table_reader::copy copy;
        if (!record ||
            _reader.read(0, *record, packed(module), copy) != table_reader::outcome::whole)
            return std::nullopt;
        return copy;
    }

    const table_part::bounds _limits{100, 1000};
    sealed_memory _table;
    std::optional<table_part> _part;
    table_reader _reader;
};

TEST_F(TablePart, ShowsWhatWasPut)
{
    ASSERT_TRUE(_part->put({3, -3}, hosts_of(7, 3), true));
    const auto found = read({3, -3});
    ASSERT_TRUE(found);
    ASSERT_EQ(found->hosts.size(), 3u);
    EXPECT_EQ(found->flags, POLICY_IS_COURSE);
    EXPECT_EQ(found->hosts[1].address, pack(7, 2));
    EXPECT_EQ(found->hosts[1].number, 1u);
    EXPECT_EQ(found->hosts[1].flags, HOST_OVERLOADED);
    EXPECT_EQ(found->hosts[1].share, 8);
    EXPECT_EQ(found->hosts[1].since, 7u);
    EXPECT_FALSE(read({3, 0}));
}

TEST_F(TablePart, ModuleThatIsGoneIsNotFoundAndItsPlaceIsUsedAnew)
{
    for (int round = 0; round < 1000; ++round) {
        const module_id module{round, -round};
        ASSERT_TRUE(_part->put(module, hosts_of(8, 1 + round % 9), false)) << round;
        ASSERT_TRUE(read(module));
        _part->remove(module);
        ASSERT_FALSE(read(module));
    }
    EXPECT_EQ(_part->modules(), 0u);
}

TEST_F(TablePart, RecordOfAnotherModuleIsNotTakenForTheOldOne)
{
    ASSERT_TRUE(_part->put({3, 0}, hosts_of(2, 3), false));
    const record_header *place = _reader.find(0, packed({3, 0}));
    ASSERT_TRUE(place);
    const uint64_t version = place->version;
    _part->remove({3, 0});
    ASSERT_TRUE(_part->put({6, 0}, hosts_of(4, 3), false));
    ASSERT_EQ(_reader.find(0, packed({6, 0})), place) << "the test wants the same place";
    EXPECT_GT(place->version, version);
    table_reader::copy copy;
    EXPECT_EQ(_reader.read(0, *place, packed({3, 0}), copy), table_reader::outcome::gone);
}

TEST_F(TablePart, GrowsAndShrinksWithTheRoute)
{
    for (const size_t count : {1u, 3u, 4u, 40u, 400u, 2u}) {
        ASSERT_TRUE(_part->put({3, 0}, hosts_of(2, count), false));
        ASSERT_EQ(read({3, 0})->hosts.size(), count);
    }
    EXPECT_FALSE(_part->put({3, 0}, {}, false));
    EXPECT_FALSE(read({3, 0}));
}

TEST_F(TablePart, HasNoMoreModulesAndHostsThanAllowed)
{
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(_part->put({3 * i, 0}, hosts_of(2, 10), false)) << i;
    EXPECT_FALSE(_part->put({300, 0}, hosts_of(2, 1), false));
    EXPECT_FALSE(read({300, 0}));
    _part->remove({0, 0});
    EXPECT_TRUE(_part->put({300, 0}, hosts_of(2, 1), false));
    EXPECT_FALSE(_part->put({0, 0}, hosts_of(2, MAX_RECORD_HOSTS + 1), false));
    for (int i = 1; i < 100; ++i)
        ASSERT_TRUE(read({3 * i, 0})) << i;
}

TEST_F(TablePart, OfferStandsForItself)
{
    ASSERT_TRUE(_part->put({3, 0}, hosts_of(2, 3), false));
    const record_header *place = _reader.find(0, packed({3, 0}));
    const uint64_t version = place->version;
    _part->offer({3, 0}, pack_offer(17, 5, 2));
    EXPECT_EQ(place->offer, pack_offer(17, 5, 2));
    EXPECT_EQ(place->version, version);
    _part->offer({6, 0}, pack_offer(18, 5, 2));
    _part->remove({3, 0});
    EXPECT_EQ(place->offer, 0u);
}

// The writer never stops, and changes place, size and module too.
TEST_F(TablePart, ReaderNeverSeesHalfAChange)
{
    std::atomic<bool> stop{false};
    ASSERT_TRUE(_part->put({3, 0}, hosts_of(2, 6), false));
    std::thread writer([&] {
        for (uint32_t round = 3; !stop; ++round) {
            _part->put({3, 0}, hosts_of(round, 4 + round % 4), round % 2 == 1);
            if (round % 50 == 0) {
                _part->remove({3, 0});
                _part->put({6, 0}, hosts_of(round, 4 + round % 4), false);
                _part->put({3, 0}, hosts_of(round, 4 + round % 4), false);
                _part->remove({6, 0});
            }
        }
    });
    int whole = 0;
    for (int i = 0; i < 2'000'000 && whole < 20'000; ++i) {
        const auto found = read({3, 0});
        if (!found)
            continue;
        ++whole;
        const uint64_t number = found->hosts.at(0).since;
        EXPECT_EQ(found->hosts.size(), 4 + number % 4);
        for (size_t host = 0; host < found->hosts.size(); ++host) {
            EXPECT_EQ(found->hosts[host].address,
                      pack(static_cast<uint32_t>(number), static_cast<uint32_t>(host + 1)));
            EXPECT_EQ(found->hosts[host].since, number);
            EXPECT_EQ(found->hosts[host].share, 1.0 + static_cast<double>(number));
        }
        if (HasFailure())
            break;
    }
    stop = true;
    writer.join();
    EXPECT_GT(whole, 100);
}

}  // namespace
}  // namespace lars
