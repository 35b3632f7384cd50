#include "route_table.h"

#include <algorithm>

#include "route_table_builder.h"

namespace lars {

route_table::route_table() : _blocks(std::make_shared<block_list>()) {}

route_table::route_table(const std::vector<module_route> &routes, uint64_t version)
{
    route_table_builder builder;
    for (const module_route &route : routes)
        builder.add(route);
    *this = builder.build(version);
}

size_t route_table::block_of(const module_id &module) const
{
    const auto &firsts = _blocks->firsts;
    const auto behind = std::upper_bound(firsts.begin(), firsts.end(), module);
    return static_cast<size_t>(std::max<std::ptrdiff_t>(behind - firsts.begin() - 1, 0));
}

std::optional<encoded_route> route_table::find(const module_id &module) const
{
    if (size() == 0)
        return std::nullopt;
    const route_block &block = this->block(block_of(module));
    const size_t place = block.lower_bound(module);
    if (place == block.size() || block.module(place) != module)
        return std::nullopt;
    return block.route(place);
}

void route_table::for_each(
    const std::function<void(const module_id &, const encoded_route &)> &each) const
{
    for (const route_block &block : _blocks->blocks) {
        for (size_t i = 0; i < block.size(); ++i)
            each(block.module(i), block.route(i));
    }
}

std::vector<route_row> route_table::rows() const
{
    std::vector<route_row> all;
    for_each([&all](const module_id &module, const encoded_route &route) {
        for (const route_host &host : route.hosts())
            all.push_back({module, host});
    });
    return all;
}

// Gives the builder the modules of BLOCK, with the changes from FIRST up to END in them.
static void add_changed(const route_block &block, const module_route *first,
                        const module_route *end, route_table_builder *builder)
{
    size_t place = 0;
    const auto add_until = [&](size_t next) {
        for (; place < next; ++place)
            builder->add(block.module(place), block.route(place).body());
    };
    for (; first != end; ++first) {
        add_until(block.lower_bound(first->module));
        if (place < block.size() && block.module(place) == first->module)
            ++place;
        builder->add(*first);
    }
    add_until(block.size());
}

route_table route_table::with(std::vector<module_route> changed) const
{
    for (module_route &route : changed)
        sort_hosts(&route.hosts);
    // What is there already is no change.
    const auto is_there = [this](const module_route &route) {
        const auto found = find(route.module);
        return found ? found->body() == encode_route(route) : route.hosts.empty();
    };
    changed.erase(std::remove_if(changed.begin(), changed.end(), is_there), changed.end());
    if (changed.empty())
        return *this;
    const auto by_module = [](const auto &a, const auto &b) { return a.module < b.module; };
    std::sort(changed.begin(), changed.end(), by_module);

    route_table_builder builder;
    const module_route *next = changed.data();
    const module_route *const end = next + changed.size();
    for (size_t i = 0; i < _blocks->blocks.size(); ++i) {
        // What is lower than the first module of all comes into the first block.
        const module_route *behind = end;
        if (i + 1 < _blocks->firsts.size())
            behind =
                std::lower_bound(next, end, module_route{_blocks->firsts[i + 1], {}}, by_module);
        if (next == behind)
            builder.add(_blocks->blocks[i]);
        else
            add_changed(_blocks->blocks[i], next, behind, &builder);
        next = behind;
    }
    for (; next != end; ++next)
        builder.add(*next);  // there was no block
    return builder.build(_version);
}

route_table route_table::with_version(uint64_t version) const
{
    return route_table(_blocks, version);
}

// A walk over the modules of a table.
struct route_table::position {
    const block_list &list;
    size_t block = 0;
    size_t place = 0;

    bool at_end() const { return block == list.blocks.size(); }
    const route_block &here() const { return list.blocks[block]; }
    const module_id &module() const { return here().module(place); }
    std::string_view body() const { return here().route(place).body(); }
    void next()
    {
        if (++place == here().size())
            next_block();
    }
    void next_block()
    {
        ++block;
        place = 0;
    }
};

std::vector<module_id> route_table::difference(const route_table &a, const route_table &b)
{
    std::vector<module_id> changed;
    position left{*a._blocks};
    position right{*b._blocks};
    while (!left.at_end() || !right.at_end()) {
        if (right.at_end() || (!left.at_end() && left.module() < right.module())) {
            changed.push_back(left.module());
            left.next();
        } else if (left.at_end() || right.module() < left.module()) {
            changed.push_back(right.module());
            right.next();
        } else if (left.place == 0 && right.place == 0 && left.here() == right.here()) {
            left.next_block();
            right.next_block();
        } else {
            if (left.body() != right.body())
                changed.push_back(left.module());
            left.next();
            right.next();
        }
    }
    return changed;
}

}  // namespace lars
