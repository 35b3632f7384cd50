// Some neighbouring modules of a table with their routes: what a change copies. A block never
// changes, so any number of threads may read it; copies of it are the same block.
//
// It is one piece of memory, so that a lookup waits for it as seldom as possible: the number
// of modules, the modules, the end of each one's body, the bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "encoded_route.h"
#include "route.h"

namespace lars {

// Modules that are not in a block yet. One thread.
class block_draft {
public:
    // Each module is higher than the one before. BODY is what encode_route() makes.
    void add(const module_id &module, std::string_view body);
    size_t size() const { return _modules.size(); }

private:
    friend class route_block;

    size_t start(size_t place) const { return place == 0 ? 0 : _ends[place - 1]; }

    std::vector<module_id> _modules;
    std::vector<uint32_t> _ends;  // of each one's body
    std::string _bodies;
};

class route_block {
public:
    // The first MODULES of FROM, which has them no more afterwards.
    route_block(block_draft *from, size_t modules);

    size_t size() const { return *reinterpret_cast<const uint32_t *>(_data.get()); }
    const module_id &module(size_t place) const { return modules()[place]; }
    // The look at it is valid for as long as the block lives.
    encoded_route route(size_t place) const
    {
        const size_t start = place == 0 ? 0 : ends()[place - 1];
        return encoded_route({bodies() + start, ends()[place] - start});
    }
    // The place of the first module that is not lower than MODULE; size() if there is none.
    size_t lower_bound(const module_id &module) const;

    bool operator==(const route_block &other) const { return _data == other._data; }

private:
    static constexpr size_t HEAD = sizeof(uint32_t);

    const module_id *modules() const
    {
        return reinterpret_cast<const module_id *>(_data.get() + HEAD);
    }
    const uint32_t *ends() const { return reinterpret_cast<const uint32_t *>(modules() + size()); }
    const char *bodies() const { return reinterpret_cast<const char *>(ends() + size()); }

    std::shared_ptr<const char[]> _data;
};

}  // namespace lars
