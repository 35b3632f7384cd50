// Makes a route_table of modules that come in order. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "route.h"
#include "route_block.h"
#include "route_table.h"

namespace lars {

class route_table_builder {
public:
    route_table_builder() : _blocks(std::make_shared<route_table::block_list>()) {}

    // Adds a module, which is higher than those before. A route without hosts is left out.
    void add(const module_route &route);
    // The same, with the body that encode_route() has made.
    void add(const module_id &module, std::string_view body);
    // Adds all modules of a block, which is shared with other tables unless it is small, or
    // follows too few modules for a block of their own.
    void add(const route_block &block);

    // The table, once.
    route_table build(uint64_t version);

private:
    void append(const route_block &block);
    void pack(size_t modules);

    std::shared_ptr<route_table::block_list> _blocks;
    block_draft _waiting;
};

}  // namespace lars
