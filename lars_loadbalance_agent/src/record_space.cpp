#include "record_space.h"

namespace lars {

using namespace local;

// A place of class C has 2 << C lines.
size_t record_space::size_class(size_t hosts)
{
    const size_t bytes = sizeof(record_header) + hosts * sizeof(host_entry);
    size_t size = 0;
    while ((size_t{2} << size) * LINE < bytes)
        ++size;
    return size;
}

bool record_space::same_size(size_t hosts, size_t others)
{
    return size_class(hosts) == size_class(others);
}

std::optional<uint32_t> record_space::take(size_t hosts)
{
    const size_t size = size_class(hosts);
    if (size >= SIZES)
        return std::nullopt;
    if (!_free[size].empty()) {
        const uint32_t place = _free[size].back();
        _free[size].pop_back();
        return place;
    }
    const uint32_t lines = 2u << size;
    if (_end - _next < lines)
        return std::nullopt;
    const uint32_t place = _next;
    _next += lines;
    return place;
}

void record_space::give_back(uint32_t place, size_t hosts)
{
    _free[size_class(hosts)].push_back(place);
}

}  // namespace lars
