#include "table_keeper.h"

#include <algorithm>
#include <utility>

namespace lars {

using namespace local;

// What one look takes over at most; the rest waits for the next one. Each client has its part
// of that, so that none holds up the others.
static constexpr size_t BLOCKS_PER_LOOK = 2048;

table_keeper::table_keeper(size_t owner, char *memory, const table_part::bounds &limits,
                           route_lb *modules, uint32_t seed)
    : _owner(owner), _modules(modules), _part(memory, limits), _lot(seed)
{
}

void table_keeper::add_page(std::shared_ptr<const client_page> page, lb_time now)
{
    _pages.push_back({page_takings(std::move(page), _owner, now), false});
}

void table_keeper::end_page(const client_page *page)
{
    for (attended &one : _pages)
        one.ended = one.ended || &one.takings.page() == page;
}

table_keeper::outcome table_keeper::look(lb_time now)
{
    outcome found;
    const auto has_news = [](const attended &one) { return one.ended || one.takings.has_news(); };
    const auto busy = static_cast<size_t>(std::count_if(_pages.begin(), _pages.end(), has_news));
    found.any = busy > 0;
    for (size_t i = 0; busy > 0 && i < _pages.size(); ++i) {
        attended &one = _pages[(_first + i) % _pages.size()];
        if (has_news(one))
            take(one, std::max<size_t>(1, BLOCKS_PER_LOOK / busy), now);
    }
    ++_first;
    found.changes = _modules->end_interval(now);
    offer_probes(now);
    drop_ended();
    _part.beat(now);
    return found;
}

void table_keeper::take(attended &from, size_t blocks, lb_time now)
{
    const client_page &page = from.takings.page();
    const uint64_t lies = from.takings.lies();
    const auto each = [&](const page_takings::item &item) { take(item, page.number, now); };
    if (from.ended)
        from.takings.take_last(now, each);
    else
        from.takings.take(blocks, now, each);
    if (from.takings.lies() == lies)
        return;
    _taken.lies += from.takings.lies() - lies;
    _last_liar = page.process;
}

void table_keeper::take(const page_takings::item &item, uint32_t page, lb_time now)
{
    if (!_modules->add_interval(item.module, item.host, item.counted, item.seen, now))
        return;
    _taken.choices += item.counted.choices;
    _taken.probes += item.counted.probes;
    _taken.successes += item.counted.all_successes();
    _taken.failures += item.counted.all_failures();
    if (!_last || _last->first != item.module) {
        const auto found = _shown.find(item.module);
        if (found == _shown.end())
            return;
        _last = &*found;
    }
    note_use(*_last, item, page);
}

void table_keeper::note_use(module_map::value_type &in_table, const page_takings::item &item,
                            uint32_t page)
{
    auto &[module, used] = in_table;
    if (!std::exchange(used.used, true))
        _used.push_back(&in_table);
    if (item.counted.choices > 0 && _lot() % ++used.choosers == 0)
        used.chooser = page;
    if (used.due && used.due->number != 0 && item.probe == used.due->number &&
        page == used.due->page && item.host == used.due->host) {
        used.due.reset();
        _part.offer(module, 0);
    }
}

endpoint table_keeper::address_of(const module_id &module, host_slot slot) const
{
    for (const load_balance::shown_host &host : _modules->find(module)->hosts_in_table()) {
        if (host.slot == slot)
            return host.address;
    }
    return {};
}

void table_keeper::offer_probes(lb_time now)
{
    for (module_map::value_type *in_table : _used) {
        if (!in_table)
            continue;
        auto &[module, used] = *in_table;
        if (used.has_aside)
            offer_probe(module, used, now);
        used.used = false;
        used.choosers = used.chooser = 0;
    }
    _used.clear();
}

// A probe that was not taken, though somebody has chosen, goes to one who has.
void table_keeper::offer_probe(const module_id &module, shown_module &used, lb_time now)
{
    if (!used.due) {
        const auto next = _modules->probe_due(module, now);
        if (!next)
            return;
        used.due = probe{*next, address_of(module, *next), 0, 0};
    }
    if (used.chooser == 0)
        return;
    if (++_number == 0)
        ++_number;
    used.due->number = _number;
    used.due->page = used.chooser;
    publish_offer(module, *used.due);
}

void table_keeper::publish_offer(const module_id &module, const probe &offered)
{
    _part.offer(module, pack_offer(offered.number, static_cast<uint16_t>(offered.page),
                                   static_cast<uint16_t>(offered.slot)));
}

std::vector<table_keeper::client> table_keeper::clients(size_t most) const
{
    std::vector<client> found;
    for (size_t i = 0; i < _pages.size() && i < most; ++i) {
        const client_page &page = _pages[i].takings.page();
        const page_header::owner_line &line = page.header().owners[_owner];
        found.push_back({page.process, page.user, page.met,
                         line.last_choice.load(std::memory_order_relaxed),
                         line.seen.load(std::memory_order_relaxed)});
    }
    return found;
}

void table_keeper::drop_ended()
{
    _pages.erase(
        std::remove_if(_pages.begin(), _pages.end(), [](const attended &one) { return one.ended; }),
        _pages.end());
}

// A host that has left the route, or its state, is not probed; the offer stays with its module,
// whose record may have another place now.
void table_keeper::changed(const module_id &module, const load_balance &hosts, lb_time)
{
    _part.put(module, hosts.hosts_in_table(), _modules->config().policy == balance_policy::course);
    shown_module &shown = _shown[module];
    shown.has_aside = hosts.overloaded_hosts() > 0;
    if (!shown.due)
        return;
    const probe &due = *shown.due;
    if (hosts.slot_of(due.host) == due.slot && hosts.overloaded(due.host)) {
        if (due.number != 0)
            publish_offer(module, due);
        return;
    }
    shown.due.reset();
    _part.offer(module, 0);
}

void table_keeper::gone(const module_id &module)
{
    _part.remove(module);
    const auto left = _shown.find(module);
    if (left == _shown.end())
        return;
    _last = nullptr;
    std::replace(_used.begin(), _used.end(), &*left,
                 static_cast<module_map::value_type *>(nullptr));
    _shown.erase(left);
}

}  // namespace lars
