#include "db_row.h"

#include <charconv>

namespace lars {

template <typename number_type>
static std::optional<number_type> parse_whole(std::string_view text)
{
    number_type number = 0;
    const char *end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end)
        return std::nullopt;
    return number;
}

db_row::value db_row::operator[](size_t column) const
{
    return column < _values.size() ? _values[column] : std::nullopt;
}

status db_row::refuse(size_t column, const std::string &why) const
{
    const std::string name =
        column < _names.size() ? _names[column] : "number " + std::to_string(column + 1);
    // What a table holds may be long or unprintable.
    std::string shown;
    for (char c : (*this)[column].value_or("").substr(0, 40))
        shown += c >= ' ' && c <= '~' ? c : '?';
    const std::string held = (*this)[column] ? "\"" + shown + "\"" : "NULL";
    return status::error("column " + name + " holds " + held + ", " + why, status_kind::bad_data);
}

status db_row::get_unsigned(size_t column, uint64_t *number, uint64_t highest) const
{
    const value text = (*this)[column];
    const auto parsed = text ? parse_whole<uint64_t>(*text) : std::nullopt;
    if (!parsed || *parsed > highest)
        return refuse(column, "not a number from 0 to " + std::to_string(highest));
    *number = *parsed;
    return {};
}

status db_row::get_signed(size_t column, int64_t *number, int64_t lowest, int64_t highest) const
{
    const value text = (*this)[column];
    const auto parsed = text ? parse_whole<int64_t>(*text) : std::nullopt;
    if (!parsed || *parsed < lowest || *parsed > highest)
        return refuse(column, "not a number from " + std::to_string(lowest) + " to " +
                                  std::to_string(highest));
    *number = *parsed;
    return {};
}

status db_row::get_id(size_t column, int32_t *id) const
{
    int64_t number = 0;
    if (status s = get_signed(column, &number, std::numeric_limits<int32_t>::min(),
                              std::numeric_limits<uint32_t>::max());
        !s)
        return s;
    *id = static_cast<int32_t>(static_cast<uint32_t>(number));
    return {};
}

}  // namespace lars
