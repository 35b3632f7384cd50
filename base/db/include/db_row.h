// A row as a query's callback sees it: text or NULL in each column, and numbers
// read strictly from it. Valid only during the callback.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "status.h"

namespace lars {

class db_row {
public:
    using value = std::optional<std::string_view>;  // nothing is NULL

    db_row(const std::vector<std::string> &names, std::vector<value> values)
        : _names(names), _values(std::move(values))
    {
    }

    size_t size() const { return _values.size(); }

    // NULL for a column that the row does not have.
    value operator[](size_t column) const;

    // The whole text as a decimal number in the range; else an error that names
    // the column and what it holds, and *number stays as it was.
    status get_unsigned(size_t column, uint64_t *number,
                        uint64_t highest = std::numeric_limits<uint64_t>::max()) const;
    status get_signed(size_t column, int64_t *number,
                      int64_t lowest = std::numeric_limits<int64_t>::min(),
                      int64_t highest = std::numeric_limits<int64_t>::max()) const;

    // An id that the tables hold as int or int unsigned, as the int32 of the
    // wire: the same 32 bits.
    status get_id(size_t column, int32_t *id) const;

private:
    status refuse(size_t column, const std::string &why) const;

    const std::vector<std::string> &_names;
    std::vector<value> _values;
};

}  // namespace lars
