// Which lines of a part of the table hold a record. A place that was given back is given
// again only to a record of the same size, so that a version once begun goes on where it is.
// One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "local_layout.h"

namespace lars {

class record_space {
public:
    // Places are counted in lines, from FIRST on and below END.
    record_space(uint32_t first, uint32_t end) : _next(first), _end(end) {}

    // A place for a record of so many hosts; nothing if there is no room.
    std::optional<uint32_t> take(size_t hosts);
    // Gives back a place that was taken for so many.
    void give_back(uint32_t place, size_t hosts);

    // Whether records of so many and of so many hosts have the same size.
    static bool same_size(size_t hosts, size_t others);

private:
    static constexpr size_t SIZES = 12;  // 2, 4, 8 ... lines: 4,095 hosts and more

    static size_t size_class(size_t hosts);

    uint32_t _next;
    uint32_t _end;
    std::array<std::vector<uint32_t>, SIZES> _free;
};

}  // namespace lars
