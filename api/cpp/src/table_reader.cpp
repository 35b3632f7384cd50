#include "table_reader.h"

#include <algorithm>
#include <cstring>

#include "wire_rules.h"

namespace lars {

// How often a record that is being changed is read anew.
static constexpr int MAX_TRIES = 100;
static constexpr double LEAST_SHARE = 1e-3, GREATEST_SHARE = 1e10;

static const char *fault_of(const local::table_header &header, size_t size)
{
    if (header.magic != local::TABLE_MAGIC)
        return "has not a table's magic number";
    if (header.version != local::LAYOUT_VERSION)
        return "has another layout";
    if (header.index_slots == 0 || (header.index_slots & (header.index_slots - 1)) != 0)
        return "has an index whose size is no power of two";
    if (header.part_size % local::MEMORY_PAGE != 0 ||
        header.part_size > (size - local::MEMORY_PAGE) / local::OWNERS ||
        header.part_size < local::records_begin(header.index_slots))
        return "has parts that do not fit it";
    return nullptr;
}

bool table_reader::begin(const void *table, size_t size, std::string &why)
{
    local::table_header header{};
    const char *fault = "is too short for a table";
    if (size > local::MEMORY_PAGE) {
        std::memcpy(&header, table, sizeof header);
        fault = fault_of(header, size);
    }
    if (fault) {
        why = fault;
        return false;
    }
    _table = static_cast<const char *>(table);
    _part_size = header.part_size;
    _index_slots = header.index_slots;
    _agent = header.agent;
    for (size_t owner = 0; owner < local::OWNERS; ++owner)
        _parts[owner] = reinterpret_cast<const local::part_header *>(begin_of(owner));
    return true;
}

// How many hosts may stand behind the record before the part ends.
size_t table_reader::room_for_hosts(size_t owner, const local::record_header &record) const
{
    const char *hosts = reinterpret_cast<const char *>(&record + 1);
    return static_cast<size_t>(begin_of(owner) + _part_size - hosts) / sizeof(local::host_entry);
}

const local::record_header *table_reader::find(size_t owner, uint64_t module) const
{
    const char *part = begin_of(owner);
    const auto *index = reinterpret_cast<const local::half_word *>(part + local::MEMORY_PAGE);
    uint32_t slot = local::first_slot_of(module, _index_slots);
    for (uint32_t tried = 0; tried < _index_slots; ++tried) {
        const uint64_t line = index[slot].load(std::memory_order_acquire);
        if (line == local::SLOT_FREE)
            return nullptr;
        const uint64_t at = line * local::LINE;
        if (line != local::SLOT_REMOVED && at >= local::records_begin(_index_slots) &&
            at + sizeof(local::record_header) <= _part_size) {
            const auto *record = reinterpret_cast<const local::record_header *>(part + at);
            if (record->module.load(std::memory_order_relaxed) == module)
                return record;
        }
        slot = (slot + 1) & (_index_slots - 1);
    }
    return nullptr;
}

static void add_host(const local::host_entry &from, std::vector<table_reader::host> &to)
{
    table_reader::host host;
    host.address = from.address.load(std::memory_order_acquire);
    const uint64_t state = from.state.load(std::memory_order_acquire);
    const uint64_t share = from.share.load(std::memory_order_acquire);
    host.since = from.since.load(std::memory_order_acquire);
    host.number = local::high_half(state);
    host.flags = local::low_half(state);
    std::memcpy(&host.share, &share, sizeof share);
    to.push_back(host);
}

// After the copy: leaves out what cannot be called, and makes what cannot be chosen by its
// share one that is not chosen.
static void check_hosts(std::vector<table_reader::host> &hosts)
{
    const auto bad = [](const table_reader::host &host) {
        return !can_be_called(local::high_half(host.address), local::low_half(host.address));
    };
    hosts.erase(std::remove_if(hosts.begin(), hosts.end(), bad), hosts.end());
    for (table_reader::host &host : hosts) {
        if (host.share > 0)
            host.share = std::clamp(host.share, LEAST_SHARE, GREATEST_SHARE);
        else
            host.flags &= ~local::HOST_CHOSEN;
    }
}

// The reader's side of a sequence lock, as Boehm has shown that it can be written in C++
// ("Can seqlocks get along with programming language memory models?", 2012): none of the
// loads between can move behind the second look at the version.
table_reader::outcome table_reader::read(size_t owner, const local::record_header &record,
                                         uint64_t module, copy &to) const
{
    const auto *hosts = reinterpret_cast<const local::host_entry *>(&record + 1);
    const size_t room = std::min(room_for_hosts(owner, record), local::MAX_RECORD_HOSTS);
    for (int tries = 0; tries < MAX_TRIES; ++tries) {
        to.version = record.version.load(std::memory_order_acquire);
        if (to.version % 2 != 0)
            continue;
        const uint64_t found = record.module.load(std::memory_order_acquire);
        const uint64_t shape = record.shape.load(std::memory_order_acquire);
        const size_t count = local::low_half(shape);
        to.flags = local::high_half(shape);
        to.hosts.clear();
        for (size_t i = 0; i < std::min(count, room); ++i)
            add_host(hosts[i], to.hosts);
        if (record.version.load(std::memory_order_relaxed) != to.version)
            continue;
        if (found != module)
            return outcome::gone;
        if (count > room)
            return outcome::busy;
        check_hosts(to.hosts);
        return to.hosts.empty() ? outcome::gone : outcome::whole;
    }
    return outcome::busy;
}

}  // namespace lars
