#include "route_comparison.h"

#include <algorithm>

namespace lars {

route_comparison::route_comparison(const route_table &table) : _table(table)
{
    for (size_t i = 0; i < table.blocks(); ++i)
        _seen.emplace_back(table.block(i).size());
}

bool route_comparison::find(const module_id &module, place *found) const
{
    if (_table.size() == 0)
        return false;
    found->block = _table.block_of(module);
    const route_block &block = _table.block(found->block);
    found->module = block.lower_bound(module);
    return found->module < block.size() && block.module(found->module) == module;
}

void route_comparison::add(const route_row &row)
{
    place where{};
    if (!find(row.module, &where)) {
        if (!row.host.drained())
            _different.push_back(row.module);
        return;
    }
    const encoded_route route = _table.block(where.block).route(where.module);
    if (row.host.drained()) {
        if (find_host(route.hosts(), row.host.address))
            _different.push_back(row.module);
        return;
    }
    const size_t host = route.place_of(row.host);
    if (host < route.host_count())
        mark(where, host);
    else
        _different.push_back(row.module);
}

void route_comparison::mark(const place &where, size_t host)
{
    if (host < BITS) {
        _seen[where.block][where.module] |= uint64_t{1} << host;
        return;
    }
    std::vector<bool> &seen = _seen_of_large[_table.block(where.block).module(where.module)];
    seen.resize(std::max(seen.size(), host - BITS + 1));
    seen[host - BITS] = true;
}

bool route_comparison::is_complete(const place &where) const
{
    const route_block &block = _table.block(where.block);
    const size_t hosts = block.route(where.module).host_count();
    const uint64_t first_ones = _seen[where.block][where.module];
    if (hosts <= BITS)
        return first_ones == ~uint64_t{0} >> (BITS - hosts);
    const auto others = _seen_of_large.find(block.module(where.module));
    return first_ones == ~uint64_t{0} && others != _seen_of_large.end() &&
           static_cast<size_t>(std::count(others->second.begin(), others->second.end(), true)) ==
               hosts - BITS;
}

std::vector<module_id> route_comparison::differences()
{
    for (place where{}; where.block < _seen.size(); ++where.block) {
        for (where.module = 0; where.module < _seen[where.block].size(); ++where.module) {
            if (!is_complete(where))
                _different.push_back(_table.block(where.block).module(where.module));
        }
    }
    std::sort(_different.begin(), _different.end());
    _different.erase(std::unique(_different.begin(), _different.end()), _different.end());
    return std::move(_different);
}

}  // namespace lars
