#include "table_part.h"

#include <cstring>

namespace lars {

using namespace local;

// A place may have twice the lines that its hosts need.
static size_t record_bytes(const table_part::bounds &limits)
{
    return 2 * (limits.modules * sizeof(record_header) + limits.hosts * sizeof(host_entry)) +
           limits.modules * 2 * LINE;
}

uint32_t table_part::index_slots(const bounds &limits)
{
    uint32_t slots = 16;
    while (slots < 2 * limits.modules)
        slots *= 2;
    return slots;
}

size_t table_part::size_of(const bounds &limits)
{
    const size_t bytes = records_begin(index_slots(limits)) + record_bytes(limits);
    return (bytes + MEMORY_PAGE - 1) / MEMORY_PAGE * MEMORY_PAGE;
}

table_part::table_part(char *memory, const bounds &limits)
    : _header(reinterpret_cast<part_header *>(memory)),
      _index(reinterpret_cast<half_word *>(memory + MEMORY_PAGE)),
      _memory(memory),
      _slots(index_slots(limits)),
      _max_modules(limits.modules),
      _space(static_cast<uint32_t>(records_begin(_slots) / LINE),
             static_cast<uint32_t>(size_of(limits) / LINE))
{
}

record_header *table_part::at(uint32_t place) const
{
    return reinterpret_cast<record_header *>(_memory + size_t{place} * LINE);
}

static uint64_t pack_module(const module_id &module)
{
    return pack(static_cast<uint32_t>(module.modid), static_cast<uint32_t>(module.cmdid));
}

static uint64_t nanoseconds(lb_time time)
{
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

// Every store of the body is a release: a reader that sees one of them sees the odd version
// too, when it looks at that again after its copy.
static void begin_change(record_header *record)
{
    const uint64_t version = record->version.load(std::memory_order_relaxed);
    record->version.store(version + 1, std::memory_order_relaxed);
}

static void end_change(record_header *record)
{
    const uint64_t version = record->version.load(std::memory_order_relaxed);
    record->version.store(version + 1, std::memory_order_release);
}

void table_part::write(uint32_t place, const module_id &module,
                       const std::vector<load_balance::shown_host> &hosts, bool is_course)
{
    constexpr auto release = std::memory_order_release;
    record_header *header = at(place);
    auto *entry = reinterpret_cast<host_entry *>(header + 1);
    begin_change(header);
    header->module.store(pack_module(module), release);
    header->shape.store(pack(is_course ? POLICY_IS_COURSE : 0, static_cast<uint32_t>(hosts.size())),
                        release);
    for (const load_balance::shown_host &host : hosts) {
        uint64_t share = 0;
        std::memcpy(&share, &host.what.share, sizeof share);
        const uint32_t flags =
            (host.what.overloaded ? HOST_OVERLOADED : 0) | (host.what.chosen ? HOST_CHOSEN : 0);
        entry->address.store(pack(host.address.ip, host.address.port), release);
        entry->state.store(pack(host.slot, flags), release);
        entry->share.store(share, release);
        entry->since.store(nanoseconds(host.since), release);
        ++entry;
    }
    end_change(header);
}

// A record of no module, which whoever still looks there knows to be gone.
void table_part::clear(uint32_t place)
{
    record_header *header = at(place);
    begin_change(header);
    header->offer.store(0, std::memory_order_release);
    header->module.store(0, std::memory_order_release);
    header->shape.store(0, std::memory_order_release);
    end_change(header);
}

bool table_part::put(const module_id &module, const std::vector<load_balance::shown_host> &hosts,
                     bool is_course)
{
    if (hosts.empty() || hosts.size() > MAX_RECORD_HOSTS) {
        remove(module);
        return false;
    }
    const auto found = _records.find(module);
    if (found != _records.end() && record_space::same_size(found->second.hosts, hosts.size())) {
        write(found->second.place, module, hosts, is_course);
        return true;
    }
    remove(module);
    if (_records.size() >= _max_modules)
        return false;
    const auto place = _space.take(hosts.size());
    if (!place)
        return false;
    write(*place, module, hosts, is_course);
    const uint32_t slot = add_to_index(module, *place);
    _records[module] = {*place, slot, static_cast<uint32_t>(hosts.size())};
    return true;
}

void table_part::remove(const module_id &module)
{
    const auto found = _records.find(module);
    if (found == _records.end())
        return;
    const record gone = found->second;
    _records.erase(found);
    _index[gone.index_slot].store(SLOT_REMOVED, std::memory_order_release);
    ++_removed;
    clear(gone.place);
    _space.give_back(gone.place, gone.hosts);
    if (_removed > _slots / 4)
        rebuild_index();
}

// Half of the slots are free, or removed.
uint32_t table_part::add_to_index(const module_id &module, uint32_t place)
{
    uint32_t slot = first_slot_of(pack_module(module), _slots);
    while (_index[slot].load(std::memory_order_relaxed) > SLOT_REMOVED)
        slot = (slot + 1) & (_slots - 1);
    if (_index[slot].load(std::memory_order_relaxed) == SLOT_REMOVED)
        --_removed;
    _index[slot].store(place, std::memory_order_release);
    return slot;
}

// Who looks for a module meanwhile may miss it, and then asks the agent for it.
void table_part::rebuild_index()
{
    for (uint32_t slot = 0; slot < _slots; ++slot)
        _index[slot].store(SLOT_FREE, std::memory_order_release);
    _removed = 0;
    for (auto &[module, kept] : _records)
        kept.index_slot = add_to_index(module, kept.place);
}

void table_part::offer(const module_id &module, uint64_t offer)
{
    const auto found = _records.find(module);
    if (found != _records.end())
        at(found->second.place)->offer.store(offer, std::memory_order_release);
}

void table_part::beat(lb_time now)
{
    _header->heartbeat.store(nanoseconds(now), std::memory_order_release);
}

void table_part::set_asleep(bool asleep)
{
    _header->asleep.store(asleep ? 1 : 0, std::memory_order_release);
}

}  // namespace lars
