#include "table_writer.h"

#include <cstring>

#include "wire_rules.h"

namespace lars::test {

static uint64_t module_of(int modid, int cmdid)
{
    return local::pack(static_cast<uint32_t>(modid), static_cast<uint32_t>(cmdid));
}

table_writer::table_writer(char *memory, uint64_t agent) : _memory(memory)
{
    header() = {local::TABLE_MAGIC, local::LAYOUT_VERSION, SLOTS, PART_SIZE, agent};
    for (uint32_t &line : _next_line)
        line = local::records_begin(SLOTS) / local::LINE;
}

local::table_header &table_writer::header() const
{
    return *reinterpret_cast<local::table_header *>(_memory);
}

local::part_header &table_writer::part(size_t owner) const
{
    return *reinterpret_cast<local::part_header *>(_memory + local::MEMORY_PAGE +
                                                   owner * PART_SIZE);
}

// The module's slot in the index; otherwise, to add it, a free one or nullptr.
local::half_word *table_writer::slot(int modid, int cmdid, bool to_add) const
{
    char *begin = reinterpret_cast<char *>(&part(agent_port_of(modid, cmdid)));
    auto *index = reinterpret_cast<local::half_word *>(begin + local::MEMORY_PAGE);
    const uint64_t module = module_of(modid, cmdid);
    for (uint32_t at = local::first_slot_of(module, SLOTS);; at = (at + 1) % SLOTS) {
        const uint32_t line = index[at].load();
        if (line == local::SLOT_FREE)
            return to_add ? &index[at] : nullptr;
        if (line != local::SLOT_REMOVED &&
            reinterpret_cast<local::record_header *>(begin + line * local::LINE)->module == module)
            return &index[at];
    }
}

local::record_header *table_writer::find(int modid, int cmdid) const
{
    const local::half_word *found = slot(modid, cmdid, false);
    char *begin = reinterpret_cast<char *>(&part(agent_port_of(modid, cmdid)));
    return found ? reinterpret_cast<local::record_header *>(begin + *found * local::LINE) : nullptr;
}

static void write_host(local::host_entry &to, const table_host &host, size_t number)
{
    uint64_t share = 0;
    std::memcpy(&share, &host.share, sizeof share);
    to.address.store(local::pack(host.ip, host.port), std::memory_order_release);
    to.state.store(local::pack(static_cast<uint32_t>(number), host.flags),
                   std::memory_order_release);
    to.share.store(share, std::memory_order_release);
    to.since.store(host.since, std::memory_order_release);
}

static void write_record(local::record_header &record, uint64_t module,
                         const std::vector<table_host> &hosts, uint32_t flags)
{
    const uint64_t version = record.version.load(std::memory_order_relaxed);
    record.version.store(version + 1, std::memory_order_relaxed);
    record.module.store(module, std::memory_order_release);
    record.shape.store(local::pack(flags, static_cast<uint32_t>(hosts.size())),
                       std::memory_order_release);
    auto *entries = reinterpret_cast<local::host_entry *>(&record + 1);
    for (size_t i = 0; i < hosts.size(); ++i)
        write_host(entries[i], hosts[i], i);
    record.version.store(version + 2, std::memory_order_release);
}

void table_writer::write(int modid, int cmdid, const std::vector<table_host> &hosts, uint32_t flags)
{
    const size_t owner = agent_port_of(modid, cmdid);
    char *begin = reinterpret_cast<char *>(&part(owner));
    local::half_word *in_index = slot(modid, cmdid, true);
    uint32_t line = *in_index;
    if (line == local::SLOT_FREE) {
        line = _next_line[owner];
        _next_line[owner] +=
            (sizeof(local::record_header) + RECORD_HOSTS * sizeof(local::host_entry)) /
                local::LINE +
            1;
    }
    auto *record = reinterpret_cast<local::record_header *>(begin + line * local::LINE);
    write_record(*record, module_of(modid, cmdid), hosts, flags);
    in_index->store(line, std::memory_order_release);
}

void table_writer::remove(int modid, int cmdid)
{
    local::half_word *in_index = slot(modid, cmdid, false);
    write_record(*find(modid, cmdid), module_of(modid, cmdid), {}, 0);
    in_index->store(local::SLOT_REMOVED, std::memory_order_release);
}

void table_writer::offer(int modid, int cmdid, uint32_t number, uint16_t page, uint16_t host)
{
    find(modid, cmdid)
        ->offer.store(local::pack_offer(number, page, host), std::memory_order_release);
}

void table_writer::beat(uint64_t time, uint32_t asleep)
{
    for (size_t owner = 0; owner < local::OWNERS; ++owner) {
        part(owner).heartbeat.store(time);
        part(owner).asleep.store(asleep);
    }
}

}  // namespace lars::test
