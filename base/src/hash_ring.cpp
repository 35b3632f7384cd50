#include "hash_ring.h"

#include <algorithm>

#include "murmur3.h"

namespace lars {

// Another seed than the keys have, so that a key never falls on a node's point
// only because their bytes are alike.
static constexpr uint32_t POINT_SEED = 0x6c617273;

// Little-endian bytes, so that machines of either byte order agree.
static void put_u32(char *to, uint32_t value)
{
    for (int i = 0; i < 4; ++i)
        to[i] = static_cast<char>(value >> (8 * i) & 0xff);
}

hash_ring::hash_ring(size_t virtual_nodes) : _virtual_nodes(std::max<size_t>(virtual_nodes, 1)) {}

void hash_ring::add(int node)
{
    remove(node);
    for (size_t i = 0; i < _virtual_nodes; ++i) {
        char name[8];
        put_u32(name, static_cast<uint32_t>(node));
        put_u32(name + 4, static_cast<uint32_t>(i));
        _points.emplace_back(murmur3(name, sizeof name, POINT_SEED), node);
    }
    std::sort(_points.begin(), _points.end());
}

void hash_ring::remove(int node)
{
    _points.erase(std::remove_if(_points.begin(), _points.end(),
                                 [node](const auto &point) { return point.second == node; }),
                  _points.end());
}

int hash_ring::node_for(std::string_view key) const
{
    if (_points.empty())
        return -1;
    const uint32_t position = murmur3(key.data(), key.size());
    const auto next =
        std::lower_bound(_points.begin(), _points.end(), position,
                         [](const auto &point, uint32_t wanted) { return point.first < wanted; });
    return next == _points.end() ? _points.front().second : next->second;
}

int hash_ring::node_for(const module_id &module) const
{
    char key[8];
    put_u32(key, static_cast<uint32_t>(module.modid));
    put_u32(key + 4, static_cast<uint32_t>(module.cmdid));
    return node_for(std::string_view(key, sizeof key));
}

}  // namespace lars
