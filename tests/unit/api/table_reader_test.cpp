// Reading the table while it is written. Reader and writer have one mapping here, so that the
// thread sanitizer sees both.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "table_reader.h"
#include "table_writer.h"
#include "wire_rules.h"

using namespace lars::test;
using lars::table_reader;
namespace local = lars::local;

// All that a record holds is derived from one number.
static std::vector<table_host> hosts_of(uint32_t number)
{
    return {1 + number % table_writer::RECORD_HOSTS,
            {number, 1 + number % 65535, 1.0 + number, local::HOST_CHOSEN, number}};
}

static bool is_whole(const table_reader::copy &copy)
{
    const uint64_t number = copy.hosts[0].since;
    for (const table_reader::host &host : copy.hosts) {
        if (host.since != number || local::high_half(host.address) != number ||
            local::low_half(host.address) != 1 + number % 65535 ||
            host.share != 1.0 + static_cast<double>(number))
            return false;
    }
    return copy.hosts.size() == 1 + number % table_writer::RECORD_HOSTS && copy.flags == number;
}

class TableReader : public testing::Test {
protected:
    void SetUp() override
    {
        std::string why;
        ASSERT_TRUE(_reader.begin(_memory.get(), table_writer::SIZE, why)) << why;
    }

    static constexpr uint64_t MODULE = local::pack(3, 4);
    const size_t _owner = lars::agent_port_of(3, 4);
    std::unique_ptr<char, void (*)(void *)> _memory{
        static_cast<char *>(memset(std::aligned_alloc(local::MEMORY_PAGE, table_writer::SIZE), 0,
                                   table_writer::SIZE)),
        std::free};
    table_writer _writer{_memory.get(), 1};
    table_reader _reader;
};

TEST_F(TableReader, EachCopyIsOfOneVersionUnderAWriterThatNeverStops)
{
    _writer.write(3, 4, hosts_of(1), 1);
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (uint32_t number = 1; !stop; ++number)
            _writer.write(3, 4, hosts_of(number), number);
    });
    const local::record_header *record = _reader.find(_owner, MODULE);
    ASSERT_NE(record, nullptr);
    int versions = 0, torn = 0;
    uint64_t last = 0;
    table_reader::copy copy;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (versions < 5000 && std::chrono::steady_clock::now() < end) {
        if (_reader.read(_owner, *record, MODULE, copy) != table_reader::outcome::whole)
            continue;
        torn += !is_whole(copy) || copy.version < last;
        versions += copy.version != last;
        last = copy.version;
    }
    stop = true;
    writer.join();
    EXPECT_EQ(torn, 0);
    EXPECT_GE(versions, 100);
}

TEST_F(TableReader, ARecordThatStaysHalfWrittenIsGivenUp)
{
    _writer.write(3, 4, hosts_of(1), 1);
    _writer.find(3, 4)->version += 1;
    table_reader::copy copy;
    EXPECT_EQ(_reader.read(_owner, *_reader.find(_owner, MODULE), MODULE, copy),
              table_reader::outcome::busy);
}

TEST_F(TableReader, FindsEachModuleAndNoOtherInAnIndexThatIsFull)
{
    for (int modid = 0; modid < 1300; ++modid)
        _writer.write(modid * 3, 0, {{1, 1}});
    for (int modid = 0; modid < 1300; modid += 2)
        _writer.remove(modid * 3, 0);
    for (int modid = 0; modid < 2000; ++modid) {
        const auto *record = _reader.find(0, local::pack(static_cast<uint32_t>(modid) * 3, 0));
        EXPECT_EQ(record != nullptr, modid < 1300 && modid % 2 == 1) << modid;
    }
    auto *index = reinterpret_cast<local::half_word *>(_memory.get() + 2 * local::MEMORY_PAGE);
    for (uint32_t slot = 0; slot < table_writer::SLOTS; ++slot) {
        if (index[slot] == local::SLOT_FREE)
            index[slot] = local::SLOT_REMOVED;
    }
    EXPECT_EQ(_reader.find(0, local::pack(6000, 0)), nullptr) << "the search ends";
}
