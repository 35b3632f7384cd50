#include "route_file.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "murmur3.h"

namespace lars {

static constexpr std::string_view MAGIC = "lars-routes";
static constexpr std::string_view WITHOUT_VERSION = "1";  // formats
static constexpr std::string_view WITH_VERSION = "2";

static std::string checksum_of(std::string_view text)
{
    static const char digits[] = "0123456789abcdef";
    const uint64_t sum =
        uint64_t{murmur3(text.data(), text.size(), 1)} << 32 | murmur3(text.data(), text.size(), 2);
    std::string hex;
    for (int shift = 60; shift >= 0; shift -= 4)
        hex += digits[sum >> shift & 0xf];
    return hex;
}

// What the checksum is over: a version that has changed is damage as well.
static std::string checked(uint64_t version, std::string_view body)
{
    return (version == 0 ? "" : std::to_string(version) + '\n') + std::string(body);
}

std::string route_file_text(const route_file &routes)
{
    std::string body;
    for (const route_row &row : routes.rows) {
        body += std::to_string(row.module.modid) + ' ' + std::to_string(row.module.cmdid) + ' ' +
                row.host.to_string() + '\n';
    }
    std::string header = std::string(MAGIC) + ' ';
    header += routes.version == 0 ? WITHOUT_VERSION : WITH_VERSION;
    header += ' ' + std::to_string(routes.rows.size()) + ' ';
    header += routes.version == 0 ? "" : std::to_string(routes.version) + ' ';
    header += checksum_of(checked(routes.version, body)) + '\n';
    return header + body;
}

status save_route_file(const std::string &path, const route_file &routes, old_file before)
{
    return replace_file(path, route_file_text(routes), before);
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

struct header {
    uint64_t rows = 0;
    uint64_t version = 0;
    std::string_view checksum;
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

static bool parse_row(std::string_view line, route_row *row)
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
static std::string parse_header(std::string_view line, header *found)
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

static std::string parse_rows(reader &lines, const header &head, std::vector<route_row> *rows,
                              int *line)
{
    const bool intact = checksum_of(checked(head.version, lines.rest())) == head.checksum;
    while (!lines.at_end()) {
        ++*line;
        const auto text = lines.next_line();
        if (!text)
            return "the line is cut off";
        route_row row;
        if (!parse_row(*text, &row))
            return "expected MODID CMDID IP:PORT[@WEIGHT]";
        rows->push_back(row);
    }
    if (rows->size() != head.rows) {
        return std::to_string(rows->size()) + " rows where the first line says " +
               std::to_string(head.rows);
    }
    *line = 1;
    return intact ? "" : "the checksum does not fit the rows: the file was changed";
}

status parse_route_file(std::string_view text, const std::string &name, route_file *routes)
{
    reader lines(text);
    int line = 1;
    route_file found;
    header head;
    const auto first = lines.next_line();
    std::string wrong =
        first ? parse_header(*first, &head) : "the first line is missing or cut off";
    if (wrong.empty())
        wrong = parse_rows(lines, head, &found.rows, &line);
    if (!wrong.empty())
        return status::error(name + ":" + std::to_string(line) + ": " + wrong);
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
