#include "route_block.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace lars {

static_assert(std::is_trivially_copyable_v<module_id> && alignof(module_id) <= alignof(uint32_t));

void block_draft::add(const module_id &module, std::string_view body)
{
    _modules.push_back(module);
    _bodies.append(body);
    _ends.push_back(static_cast<uint32_t>(_bodies.size()));
}

template <typename item>
static char *write_items(const std::vector<item> &items, size_t count, char *at)
{
    std::memcpy(at, items.data(), count * sizeof(item));
    return at + count * sizeof(item);
}

route_block::route_block(block_draft *from, size_t modules)
{
    const size_t bodies = from->start(modules);
    std::shared_ptr<char[]> data(
        new char[HEAD + modules * (sizeof(module_id) + sizeof(uint32_t)) + bodies]);
    const auto count = static_cast<uint32_t>(modules);
    std::memcpy(data.get(), &count, HEAD);
    char *at = write_items(from->_modules, modules, data.get() + HEAD);
    at = write_items(from->_ends, modules, at);
    std::memcpy(at, from->_bodies.data(), bodies);
    _data = std::move(data);

    const auto taken = static_cast<std::ptrdiff_t>(modules);
    from->_modules.erase(from->_modules.begin(), from->_modules.begin() + taken);
    from->_ends.erase(from->_ends.begin(), from->_ends.begin() + taken);
    for (uint32_t &end : from->_ends)
        end -= static_cast<uint32_t>(bodies);
    from->_bodies.erase(0, bodies);
}

size_t route_block::lower_bound(const module_id &module) const
{
    const module_id *const first = modules();
    const module_id *const end = first + size();
    // The search would wait for the memory at each step, as each looks at another line of it.
    constexpr size_t PER_LINE = 64 / sizeof(module_id);
    for (const module_id *line = first; line < end; line += PER_LINE)
        __builtin_prefetch(line);
    return static_cast<size_t>(std::lower_bound(first, end, module) - first);
}

}  // namespace lars
