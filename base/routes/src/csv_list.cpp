#include <charconv>

#include "placed_rows.h"

namespace lars {

namespace {

constexpr std::string_view COLUMNS[] = {"modid", "cmdid", "host", "port", "weight"};
constexpr size_t WEIGHT = 4;

}  // namespace

// The fields of LINE, without the quotes around them. A field that has quotes elsewhere is
// none that we know, and is found to be wrong as it is.
static std::vector<std::string_view> fields_of(std::string_view line)
{
    std::vector<std::string_view> fields;
    // One more than there are columns tells that there are too many.
    while (fields.size() <= WEIGHT) {
        const size_t comma = line.find(',');
        std::string_view field = line.substr(0, comma);
        if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
            field = field.substr(1, field.size() - 2);
        fields.push_back(field);
        if (comma == std::string_view::npos)
            return fields;
        line.remove_prefix(comma + 1);
    }
    fields.push_back(line);
    return fields;
}

static status check_header(const std::vector<std::string_view> &fields)
{
    bool right = fields.size() == WEIGHT || fields.size() == WEIGHT + 1;
    for (size_t i = 0; right && i < fields.size(); ++i)
        right = fields[i] == COLUMNS[i];
    return right
               ? status()
               : list_error("line 1", "expected modid,cmdid,host,port,weight and not " +
                                          in_quotes(fields[0]) + (fields.size() > 1 ? ",..." : ""));
}

template <typename number_type>
static bool parse_number(std::string_view text, number_type *number)
{
    const char *end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, *number);
    return error == std::errc() && stopped == end;
}

static status parse_row(const std::string &place, const std::vector<std::string_view> &fields,
                        size_t columns, route_row *row)
{
    if (fields.size() < WEIGHT || fields.size() > columns)
        return list_error(place,
                          "it has " + std::string(fields.size() > columns ? "more" : "less") +
                              " fields than modid,cmdid,host,port" +
                              (fields.size() > columns && columns > WEIGHT ? ",weight" : ""));
    for (const size_t i : {0, 1}) {
        const auto id = parse_id(fields[i]);
        if (!id)
            return list_error(place, std::string(COLUMNS[i]) + " " + in_quotes(fields[i]) +
                                         " is not an id: expected a number of 32 bits");
        (i == 0 ? row->module.modid : row->module.cmdid) = *id;
    }
    const auto ip = parse_ip(fields[2]);
    if (!ip)
        return list_error(place, "host " + in_quotes(fields[2]) + " is not an IPv4 address");
    row->host = {{*ip, 0}};
    if (!parse_number(fields[3], &row->host.address.port))
        return list_error(place,
                          "port " + in_quotes(fields[3]) + " is not one: expected 1 to 65535");
    if (fields.size() > WEIGHT && !fields[WEIGHT].empty() &&
        !parse_number(fields[WEIGHT], &row->host.weight))
        return list_error(place, "weight " + in_quotes(fields[WEIGHT]) +
                                     " is not one: expected 0 to 4294967295");
    if (!row->host.can_be_called())
        return list_error(place, row->host.address.to_string() + " cannot be called");
    return {};
}

static std::string place_of(const placed_row &row)
{
    return "line " + std::to_string(row.line);
}

status parse_csv_list(std::string_view text, std::vector<module_route> *routes)
{
    constexpr std::string_view BYTE_ORDER_MARK = "\xef\xbb\xbf";
    if (text.substr(0, BYTE_ORDER_MARK.size()) == BYTE_ORDER_MARK)
        text.remove_prefix(BYTE_ORDER_MARK.size());
    std::vector<placed_row> rows;
    placed_row next;
    size_t columns = 0;
    while (!text.empty()) {
        ++next.line;
        const size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        if (columns == 0) {
            const auto names = fields_of(line);
            if (status s = check_header(names); !s)
                return s;
            columns = names.size();
        } else if (!line.empty()) {
            if (status s = parse_row(place_of(next), fields_of(line), columns, &next.row); !s)
                return s;
            rows.push_back(next);
        }
    }
    if (columns == 0)
        return list_error("line 1", "it is empty, expected modid,cmdid,host,port,weight");
    return group_placed_rows(std::move(rows), place_of, routes);
}

}  // namespace lars
