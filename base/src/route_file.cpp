#include "route_file.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace lars {

static constexpr std::string_view MAGIC = "lars-routes";
static constexpr std::string_view WITHOUT_VERSION = "1";  // formats
static constexpr std::string_view WITH_VERSION = "2";

route_checksum::route_checksum(uint64_t version)
{
    if (version != 0)
        add(std::to_string(version) + '\n');
}

void route_checksum::add(std::string_view text)
{
    _high.add(text);
    _low.add(text);
}

std::string route_checksum::digits() const
{
    static const char digits[] = "0123456789abcdef";
    const uint64_t sum = uint64_t{_high.value()} << 32 | _low.value();
    std::string hex;
    for (int shift = 60; shift >= 0; shift -= 4)
        hex += digits[sum >> shift & 0xf];
    return hex;
}

// The first line up to the checksum.
static std::string header_of(uint64_t rows, uint64_t version)
{
    std::string header = std::string(MAGIC) + ' ';
    header += version == 0 ? WITHOUT_VERSION : WITH_VERSION;
    header += ' ' + std::to_string(rows) + ' ';
    return header + (version == 0 ? "" : std::to_string(version) + ' ');
}

void append_route_line(const route_row &row, std::string *text)
{
    *text += std::to_string(row.module.modid);
    *text += ' ';
    *text += std::to_string(row.module.cmdid);
    *text += ' ';
    *text += row.host.to_string();
    *text += '\n';
}

std::string route_file_text(const route_file &routes)
{
    std::string body;
    for (const route_row &row : routes.rows)
        append_route_line(row, &body);
    route_checksum sum(routes.version);
    sum.add(body);
    return header_of(routes.rows.size(), routes.version) + sum.digits() + '\n' + body;
}

status route_file_writer::begin(uint64_t rows, uint64_t version)
{
    _sum = route_checksum(version);
    _header = header_of(rows, version);
    if (status s = _file.begin(); !s)
        return s;
    return _file.append(_header + _sum.digits() + '\n');
}

status route_file_writer::add(const route_row &row)
{
    constexpr size_t ENOUGH = 64u << 10;
    append_route_line(row, &_text);
    return _text.size() < ENOUGH ? status() : flush();
}

status route_file_writer::flush()
{
    _sum.add(_text);
    const status written = _file.append(_text);
    _text.clear();
    return written;
}

status route_file_writer::commit(old_file before, std::string *checksum)
{
    if (status s = flush(); !s)
        return s;
    *checksum = _sum.digits();
    if (status s = _file.overwrite(_header + *checksum); !s)
        return s;
    return _file.commit(before);
}

status save_route_file(const std::string &path, const route_file &routes, old_file before)
{
    route_file_writer file(path);
    if (status s = file.begin(routes.rows.size(), routes.version); !s)
        return s;
    for (const route_row &row : routes.rows) {
        if (status s = file.add(row); !s)
            return s;
    }
    std::string checksum;
    return file.commit(before, &checksum);
}

namespace {

// Takes a text apart, line by line, word by word.
class reader {
public:
    explicit reader(std::string_view text) : _rest(text) {}

    bool at_end() const { return _rest.empty(); }
    std::string_view rest() const { return _rest; }

    // Without its newline; nothing if the text ends before one.
    std::optional<std::string_view> next_line() { return next('\n'); }

    // Up to the next space; nothing if there is none.
    std::optional<std::string_view> next_word() { return next(' '); }

private:
    std::optional<std::string_view> next(char end)
    {
        const size_t at = _rest.find(end);
        if (at == std::string_view::npos)
            return std::nullopt;
        const std::string_view found = _rest.substr(0, at);
        _rest.remove_prefix(at + 1);
        return found;
    }

    std::string_view _rest;
};

}  // namespace

template <typename number_type>
static bool parse_number(std::optional<std::string_view> text, number_type *number)
{
    if (!text)
        return false;
    const char *end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, *number);
    return error == std::errc() && stopped == end;
}

bool parse_route_line(std::string_view line, route_row *row)
{
    reader words(line);
    if (!parse_number(words.next_word(), &row->module.modid) ||
        !parse_number(words.next_word(), &row->module.cmdid))
        return false;
    const auto host = route_host::parse(words.rest());
    if (!host)
        return false;
    row->host = *host;
    return true;
}

// What is wrong with the header; empty if nothing is.
static std::string parse_header(std::string_view line, route_file_head *found)
{
    reader words(line);
    if (words.next_word() != MAGIC)
        return "not a file of routes";
    const auto format = words.next_word();
    if (format != WITHOUT_VERSION && format != WITH_VERSION)
        return "format version is neither 1 nor 2";
    if (!parse_number(words.next_word(), &found->rows))
        return "the number of rows is not a number";
    if (format == WITH_VERSION &&
        (!parse_number(words.next_word(), &found->version) || found->version == 0))
        return "the RouteVersion is not a number above 0";
    found->checksum = words.rest();
    return {};
}

static std::string parse_rows(reader &lines, const route_file_head &head,
                              const route_row_callback &each, int *line)
{
    route_checksum sum(head.version);
    sum.add(lines.rest());
    uint64_t rows = 0;
    for (; !lines.at_end(); ++rows) {
        ++*line;
        const auto text = lines.next_line();
        if (!text)
            return "the line is cut off";
        route_row row;
        if (!parse_route_line(*text, &row))
            return "expected MODID CMDID IP:PORT[@WEIGHT]";
        each(row);
    }
    if (rows != head.rows) {
        return std::to_string(rows) + " rows where the first line says " +
               std::to_string(head.rows);
    }
    *line = 1;
    return sum.digits() == head.checksum
               ? ""
               : "the checksum does not fit the rows: the file was changed";
}

static status parse(std::string_view text, const std::string &name, const route_row_callback &each,
                    route_file_head *head)
{
    reader lines(text);
    int line = 1;
    const auto first = lines.next_line();
    std::string wrong = first ? parse_header(*first, head) : "the first line is missing or cut off";
    if (wrong.empty())
        wrong = parse_rows(lines, *head, each, &line);
    return wrong.empty() ? status()
                         : status::error(name + ":" + std::to_string(line) + ": " + wrong);
}

status read_route_file(const std::string &path, const route_row_callback &each,
                       route_file_head *head)
{
    std::string text;
    if (status s = read_file(path, &text); !s)
        return s;
    return parse(text, path, each, head);
}

status parse_route_file(std::string_view text, const std::string &name, route_file *routes)
{
    route_file found;
    route_file_head head;
    const status parsed = parse(
        text, name, [&found](const route_row &row) { found.rows.push_back(row); }, &head);
    if (!parsed)
        return parsed;
    found.version = head.version;
    *routes = std::move(found);
    return {};
}

status load_route_file(const std::string &path, route_file *routes)
{
    std::string text;
    if (status s = read_file(path, &text); !s)
        return s;
    return parse_route_file(text, path, routes);
}

}  // namespace lars
