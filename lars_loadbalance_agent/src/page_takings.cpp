#include "page_takings.h"

#include <algorithm>

#include "wire_rules.h"

namespace lars {

using namespace local;

// No thread chooses and reports faster than that. A client that has met the agent anew hands
// over what it has counted meanwhile.
static constexpr uint64_t COUNTS_PER_MS = 100'000;
static constexpr std::chrono::hours COUNTED_BEFORE(1);
static constexpr uint32_t LEAST_WEIGHT = 1, GREATEST_WEIGHT = 50;

page_takings::page_takings(std::shared_ptr<const client_page> page, size_t owner, lb_time now)
    : _page(std::move(page)), _owner(owner), _last(now - COUNTED_BEFORE)
{
}

bool page_takings::has_news() const
{
    const uint32_t activity =
        _page->header().owners[_owner].activity.load(std::memory_order_acquire);
    return _some_left || activity != _activity;
}

// A client that was killed may have counted in a block without having said so.
void page_takings::take_last(lb_time now, const item_callback &each)
{
    _ended = true;
    take(local::MAX_BLOCKS, now, each);
}

void page_takings::take(size_t blocks, lb_time now, const item_callback &each)
{
    const page_header &header = _page->header();
    _activity = header.owners[_owner].activity.load(std::memory_order_acquire);
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - _last);
    _last = now;
    _credit = COUNTS_PER_MS * static_cast<uint64_t>(1 + std::max<int64_t>(0, passed.count()));
    size_t used = header.blocks_used.load(std::memory_order_acquire);
    if (used > MAX_BLOCKS) {
        ++_lies;
        used = MAX_BLOCKS;
    }
    if (_blocks.size() < used)
        _blocks.resize(used);
    _some_left = false;
    for (size_t seen = 0; seen < used; ++seen, ++_next) {
        if (_next >= used)
            _next = 0;
        const uint32_t activity = header.block_activity[_next].load(std::memory_order_acquire);
        const uint32_t before = _blocks[_next] ? _blocks[_next]->activity : 0;
        if ((activity == before && !_ended) || !is_mine(_page->block(_next)))
            continue;
        if (blocks-- == 0) {
            _some_left = true;
            return;
        }
        if (!_blocks[_next])
            _blocks[_next] = std::make_unique<block_takings>();
        _blocks[_next]->activity = activity;
        take_block(_next, each);
    }
}

bool page_takings::is_mine(const cell_block &block) const
{
    return block.owner.load(std::memory_order_relaxed) == _owner &&
           block.cells_used.load(std::memory_order_relaxed) != 0;
}

void page_takings::take_block(size_t number, const item_callback &each)
{
    cell_block &block = _page->block(number);
    size_t used = block.cells_used.load(std::memory_order_acquire);
    if (used > CELLS_PER_BLOCK) {
        ++_lies;
        used = CELLS_PER_BLOCK;
    }
    for (size_t i = 0; i < used; ++i)
        take_cell(block.cells[i], &_blocks[number]->cells[i], each);
}

bool page_takings::is_credible(uint64_t calls)
{
    if (calls > _credit)
        return false;
    _credit -= calls;
    return true;
}

void page_takings::take_cell(cell &cell, cell_takings *before, const item_callback &each)
{
    counts now;
    counts news;
    bool any = false;
    for (size_t i = 0; i < COUNTERS; ++i) {
        now[i] = cell.counted[i].load(std::memory_order_relaxed);
        news[i] = now[i] - before->taken[i];
        any = any || news[i] != 0;
    }
    if (!any)
        return;
    before->taken = now;
    for (size_t i = 0; i < COUNTERS; ++i)
        cell.taken[i].store(now[i], std::memory_order_relaxed);
    const uint64_t module = cell.module.load(std::memory_order_relaxed);
    const uint64_t host = cell.host.load(std::memory_order_relaxed);
    item found;
    found.module = {static_cast<int32_t>(high_half(module)),
                    static_cast<int32_t>(low_half(module))};
    found.host = {high_half(host), static_cast<uint16_t>(low_half(host))};
    const uint64_t successes = uint64_t{news[SUCCESSES]} + news[PROBE_SUCCESSES];
    const uint64_t failures = uint64_t{news[FAILURES]} + news[PROBE_FAILURES];
    const uint64_t late = uint64_t{news[LATE_SUCCESSES]} + news[LATE_FAILURES];
    if (agent_port_of(found.module.modid, found.module.cmdid) != _owner ||
        !can_be_called(found.host.ip, low_half(host)) ||
        !is_credible(successes + failures + late + news[CHOICES] + news[PROBES])) {
        ++_lies;
        return;
    }
    host_interval &counted = found.counted;
    counted.choices = news[CHOICES];
    counted.probes = news[PROBES];
    counted.successes = news[SUCCESSES];
    counted.failures = news[FAILURES];
    counted.probe_successes = news[PROBE_SUCCESSES];
    counted.probe_failures = news[PROBE_FAILURES];
    counted.late_successes = news[LATE_SUCCESSES];
    counted.late_failures = news[LATE_FAILURES];
    counted.failure_weight = std::clamp<uint64_t>(news[FAILURE_WEIGHT], LEAST_WEIGHT * failures,
                                                  GREATEST_WEIGHT * failures);
    counted.run = static_cast<int32_t>(now[RUN]);
    found.probe = now[PROBE_NUMBER];
    found.seen = &before->seen;
    each(found);
}

}  // namespace lars
