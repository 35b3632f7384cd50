#include "route_table_builder.h"

namespace lars {

// Small blocks make a change cheap, large ones the list of blocks short. A new block has
// BLOCK_SIZE modules, or up to twice as many where it is the last before a shared one: then
// further modules find room in it, and a change never moves those of the blocks behind.
static constexpr size_t BLOCK_SIZE = 128;
static constexpr size_t SMALLEST_SHARED = BLOCK_SIZE / 4;

void route_table_builder::add(const module_route &route)
{
    if (!route.hosts.empty())
        add(route.module, encode_route(route));
}

void route_table_builder::add(const module_id &module, std::string_view body)
{
    _waiting.add(module, body);
    if (_waiting.size() == 2 * BLOCK_SIZE)
        pack(BLOCK_SIZE);
}

void route_table_builder::add(const route_block &block)
{
    const bool few_wait = _waiting.size() > 0 && _waiting.size() < SMALLEST_SHARED;
    if (block.size() < SMALLEST_SHARED || few_wait) {
        for (size_t i = 0; i < block.size(); ++i)
            add(block.module(i), block.route(i).body());
        return;
    }
    pack(_waiting.size());
    append(block);
}

void route_table_builder::append(const route_block &block)
{
    _blocks->firsts.push_back(block.module(0));
    _blocks->modules += block.size();
    _blocks->blocks.push_back(block);
}

// Makes a block of the first modules that wait.
void route_table_builder::pack(size_t modules)
{
    if (modules > 0)
        append(route_block(&_waiting, modules));
}

route_table route_table_builder::build(uint64_t version)
{
    pack(_waiting.size());
    return route_table(std::move(_blocks), version);
}

}  // namespace lars
