// All routes at one moment. A table never changes, so any number of threads may read it. A
// change makes a new table, which shares with the old one all blocks in which nothing has
// changed: it costs what it changes, and a pointer for each block (path copying: Driscoll,
// Sarnak, Sleator, Tarjan, Making data structures persistent, 1989).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "encoded_route.h"
#include "route.h"
#include "route_block.h"

namespace lars {

class route_table {
public:
    // Without modules.
    route_table();
    // ROUTES are in order and without repetitions, as group_by_module makes them. VERSION
    // is what answers from this table say that theirs is; 0: it is not known.
    explicit route_table(const std::vector<module_route> &routes, uint64_t version = 0);

    // The module's route; nothing if the module is not known. What it looks at is the
    // table's, and valid for as long as the table lives.
    std::optional<encoded_route> find(const module_id &module) const;
    uint64_t version() const { return _version; }
    // How many modules there are.
    size_t size() const { return _blocks->modules; }
    // The blocks that they are in, and the one of them where MODULE is if it is anywhere;
    // there has to be one.
    size_t blocks() const { return _blocks->blocks.size(); }
    const route_block &block(size_t number) const { return _blocks->blocks[number]; }
    size_t block_of(const module_id &module) const;
    // Calls EACH for every module, in order.
    void for_each(const std::function<void(const module_id &, const encoded_route &)> &each) const;
    // Every host of every module, in order.
    std::vector<route_row> rows() const;

    // Makes a table in which the CHANGED modules have the hosts given there. A module
    // without hosts is removed. Each module is in CHANGED once.
    route_table with(std::vector<module_route> changed) const;
    // Makes the same table, with another version.
    route_table with_version(uint64_t version) const;

    // The modules, in order, whose hosts differ between the two tables. A module that
    // only one of them knows is one of these. Blocks that the two share cost nothing.
    static std::vector<module_id> difference(const route_table &a, const route_table &b);

private:
    friend class route_table_builder;

    struct position;
    struct block_list {
        std::vector<module_id> firsts;  // the first module of each block
        std::vector<route_block> blocks;
        size_t modules = 0;  // of all
    };

    explicit route_table(std::shared_ptr<const block_list> blocks, uint64_t version)
        : _blocks(std::move(blocks)), _version(version)
    {
    }

    std::shared_ptr<const block_list> _blocks;
    uint64_t _version = 0;
};

}  // namespace lars
