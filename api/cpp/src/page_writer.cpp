#include "page_writer.h"

#include <algorithm>

namespace lars {

using counts = std::array<uint32_t, local::COUNTERS>;

// What the page says of itself, copied once, so that what was checked is what counts.
struct page_facts {
    uint64_t magic = 0;
    uint32_t version = 0;
    uint32_t number = 0;
    uint32_t blocks = 0;
    uint32_t blocks_used = 0;
};

static const char *fault_of(const page_facts &page, size_t size)
{
    if (page.magic != local::PAGE_MAGIC)
        return "has not a page's magic number";
    if (page.version != local::LAYOUT_VERSION)
        return "has another layout";
    if (page.number > UINT16_MAX)
        return "has a number that no offer can name";
    if (page.blocks == 0 || page.blocks > local::MAX_BLOCKS || local::page_size(page.blocks) > size)
        return "has blocks that do not fit it";
    if (page.blocks_used != 0)
        return "was somebody else's before";
    return nullptr;
}

bool page_writer::begin(void *page, size_t size, std::string &why)
{
    if (size < local::MEMORY_PAGE) {
        why = "is too short for a page";
        return false;
    }
    auto *header = static_cast<local::page_header *>(page);
    const page_facts facts{header->magic, header->version, header->number, header->blocks,
                           header->blocks_used.load(std::memory_order_relaxed)};
    if (const char *fault = fault_of(facts, size)) {
        why = fault;
        return false;
    }
    _number = static_cast<uint16_t>(facts.number);
    _room = facts.blocks;
    _blocks = reinterpret_cast<local::cell_block *>(static_cast<char *>(page) + local::MEMORY_PAGE);
    _header = header;
    return true;
}

bool page_writer::open_block(size_t owner)
{
    const auto next = static_cast<uint32_t>(_used.size());
    if (next == _room)
        return false;
    _used.push_back({owner, 0});
    _open[owner] = next;
    _blocks[next].owner.store(static_cast<uint32_t>(owner), std::memory_order_relaxed);
    _header->blocks_used.store(next + 1, std::memory_order_release);
    return true;
}

size_t page_writer::cells() const
{
    size_t all = 0;
    for (const block_state &block : _used)
        all += block.used;
    return all;
}

bool page_writer::add_cell(size_t owner, uint64_t module, uint64_t host, place *to)
{
    const uint32_t open = _open[owner];
    if ((open == NO_BLOCK || _used[open].used == local::CELLS_PER_BLOCK) && !open_block(owner))
        return false;
    const uint32_t block = _open[owner];
    local::cell_block &memory = _blocks[block];
    local::cell &added = memory.cells[_used[block].used];
    added.module.store(module, std::memory_order_relaxed);
    added.host.store(host, std::memory_order_relaxed);
    memory.cells_used.store(++_used[block].used, std::memory_order_release);
    *to = {&added, block, 0};
    return true;
}

// What was counted in the cell and not taken over.
static counts rest_of(const local::cell &cell)
{
    counts rest{};
    for (uint32_t i = 0; i < local::RUN; ++i)
        rest[i] = cell.counted[i].load(std::memory_order_relaxed) -
                  cell.taken[i].load(std::memory_order_acquire);
    // As much of the run as lies in the rest. The number of a probe means nothing to another agent.
    const auto run = static_cast<int64_t>(
        static_cast<int32_t>(cell.counted[local::RUN].load(std::memory_order_relaxed)));
    const int64_t successes = int64_t{rest[local::SUCCESSES]} + rest[local::PROBE_SUCCESSES];
    const int64_t failures = int64_t{rest[local::FAILURES]} + rest[local::PROBE_FAILURES];
    rest[local::RUN] = static_cast<uint32_t>(std::clamp(run, -failures, successes));
    return rest;
}

void page_writer::take_cell(const local::cell &from, size_t owner)
{
    const counts rest = rest_of(from);
    place to;
    if (rest == counts{} || !add_cell(owner, from.module.load(std::memory_order_relaxed),
                                      from.host.load(std::memory_order_relaxed), &to))
        return;
    for (uint32_t i = 0; i < local::COUNTERS; ++i)
        to.cell->counted[i].store(rest[i], std::memory_order_relaxed);
    note_count(owner, to.block);
}

void page_writer::take_over(const page_writer &old)
{
    for (size_t block = 0; block < old._used.size(); ++block) {
        const block_state &state = old._used[block];
        for (uint32_t i = 0; i < state.used; ++i)
            take_cell(old._blocks[block].cells[i], state.owner);
    }
}

}  // namespace lars
