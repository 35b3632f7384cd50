// A row as a query's callback sees it: a text or NULL in each column, from which
// numbers are read strictly. Valid only during the callback. One thread.
//
// A column is its number in the SELECT, from 0. Where a get function fails, the error
// is bad_data and names the column and what it holds; the number stays as it was.
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

    // NAMES are the columns' names. Both outlive the row.
    db_row(const std::vector<std::string> &names, const std::vector<value> &values)
        : _names(names), _values(values)
    {
    }

    size_t size() const { return _values.size(); }

    // NULL for a column that the row does not have.
    value operator[](size_t column) const;

    // Reads the column, which has to hold nothing but a decimal number in the range.
    status get_unsigned(size_t column, uint64_t *number,
                        uint64_t highest = std::numeric_limits<uint64_t>::max()) const;
    status get_signed(size_t column, int64_t *number,
                      int64_t lowest = std::numeric_limits<int64_t>::min(),
                      int64_t highest = std::numeric_limits<int64_t>::max()) const;

    // Reads a modid or cmdid. The tables hold it as int or int unsigned; *ID becomes the
    // int32 of the wire, which has the same 32 bits.
    status get_id(size_t column, int32_t *id) const;

private:
    status refuse(size_t column, const std::string &why) const;

    const std::vector<std::string> &_names;
    const std::vector<value> &_values;
};

}  // namespace lars
