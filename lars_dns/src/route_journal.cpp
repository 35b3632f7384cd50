#include "route_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "route_file.h"
#include "whole_file.h"

namespace lars {

static constexpr std::string_view TITLE = "lars-routes-journal 1 ";
static constexpr std::string_view CHANGE = "change ";
static constexpr std::string_view GONE = " -";

// The next line of *TEXT, without its end, which is taken off; nothing if it is cut off.
static std::optional<std::string_view> next_line(std::string_view *text)
{
    const size_t end = text->find('\n');
    if (end == std::string_view::npos)
        return std::nullopt;
    const std::string_view line = text->substr(0, end);
    text->remove_prefix(end + 1);
    return line;
}

static bool take(std::string_view word, std::string_view *text)
{
    if (text->substr(0, word.size()) != word)
        return false;
    text->remove_prefix(word.size());
    return true;
}

static bool take_number(std::string_view *text, uint64_t *number)
{
    const auto [stopped, error] =
        std::from_chars(text->data(), text->data() + text->size(), *number);
    text->remove_prefix(static_cast<size_t>(stopped - text->data()));
    return error == std::errc() && take(" ", text);
}

// A host of a module, or that the module has none.
static bool parse_line(std::string_view line, std::vector<module_route> *changed)
{
    const bool gone = line.size() > GONE.size() && line.substr(line.size() - GONE.size()) == GONE;
    route_row row;
    const std::string with_any_host =
        gone ? std::string(line.substr(0, line.size() - 1)) + "0.0.0.0:0" : "";
    if (!parse_route_line(gone ? with_any_host : line, &row))
        return false;
    if (changed->empty() || changed->back().module != row.module)
        changed->push_back({row.module, {}});
    if (!gone)
        changed->back().hosts.push_back(row.host);
    return true;
}

namespace {

struct change {
    uint64_t version = 0;
    std::vector<module_route> routes;
};

}  // namespace

// Takes the next change off *TEXT. What is wrong with it; empty if nothing is.
static std::string parse_change(std::string_view *text, size_t *line, change *found)
{
    const auto head = next_line(text);
    std::string_view rest = head.value_or(std::string_view());
    uint64_t lines = 0;
    ++*line;
    if (!take(CHANGE, &rest) || !take_number(&rest, &found->version) || !take_number(&rest, &lines))
        return "expected change VERSION LINES CHECKSUM";
    route_checksum sum(found->version);
    const size_t first = *line;
    for (uint64_t i = 0; i < lines; ++i) {
        const auto one = next_line(text);
        ++*line;
        if (!one || !parse_line(*one, &found->routes))
            return "expected MODID CMDID IP:PORT[@WEIGHT], or - for the host";
        sum.add(std::string(*one) + '\n');
    }
    if (sum.digits() == rest)
        return {};
    *line = first;
    return "the checksum does not fit the lines";
}

// Whether LINE is the first one of a journal, of whatever file.
static bool is_title(std::string_view line)
{
    return take(TITLE, &line) && line.size() == route_checksum().digits().size() &&
           line.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A title that is cut or damaged was perhaps that of the file: what stood behind it is lost
// then, which has to be said. A crash while the first change is written leaves such a one.
status route_journal::read(const std::string &checksum, const change_callback &each)
{
    _file.reset();
    _size = 0;
    if (access(_path.c_str(), F_OK) != 0)
        return {};
    std::string text;
    if (status s = read_file(_path, &text); !s)
        return s;
    std::string_view rest = text;
    const auto title = next_line(&rest);
    const bool is_ours = title && *title == std::string(TITLE) + checksum;
    if (text.empty() || (!is_ours && title && is_title(*title)))
        return {};
    if (status s = open(false); !s)
        return s;
    size_t line = 1;
    std::string wrong = is_ours ? "" : "expected lars-routes-journal 1 CHECKSUM";
    while (wrong.empty()) {
        _size = text.size() - rest.size();
        if (rest.empty())
            return {};
        change found;
        wrong = parse_change(&rest, &line, &found);
        if (wrong.empty())
            each(found.version, found.routes);
    }
    if (status s = cut(); !s)
        return s;
    return status::error(_path + ":" + std::to_string(line) + ": " + wrong + ": cut off from there",
                         status_kind::bad_data);
}

status route_journal::open(bool anew)
{
    const int how = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    _file.reset(::open(_path.c_str(), how | (anew ? O_TRUNC : 0), 0640));
    return _file.valid() ? status() : status::from_errno("cannot write " + _path);
}

// Back to what is good. Where that is impossible nothing may be added any more.
status route_journal::cut()
{
    _is_whole = ftruncate(_file.get(), static_cast<off_t>(_size)) == 0;
    return _is_whole ? status() : status::from_errno("cannot cut " + _path);
}

static std::string text_of(uint64_t version, const std::vector<module_route> &changed)
{
    std::string lines;
    uint64_t count = 0;
    for (const module_route &route : changed) {
        for (const route_host &host : route.hosts)
            append_route_line({route.module, host}, &lines);
        if (route.hosts.empty())
            lines += std::to_string(route.module.modid) + ' ' + std::to_string(route.module.cmdid) +
                     std::string(GONE) + '\n';
        count += std::max<uint64_t>(route.hosts.size(), 1);
    }
    route_checksum sum(version);
    sum.add(lines);
    return std::string(CHANGE) + std::to_string(version) + ' ' + std::to_string(count) + ' ' +
           sum.digits() + '\n' + lines;
}

status route_journal::append(const std::string &checksum, uint64_t version,
                             const std::vector<module_route> &changed)
{
    std::string text = text_of(version, changed);
    if (_size == 0) {
        if (status s = open(true); !s)
            return s;
        text = std::string(TITLE) + checksum + '\n' + text;
    }
    if (write_all(_file.get(), text) && fdatasync(_file.get()) == 0) {
        _size += text.size();
        return {};
    }
    const status failed = status::from_errno("cannot write " + _path);
    (void)!cut();
    return failed;
}

void route_journal::remove()
{
    _file.reset();
    _size = 0;
    _is_whole = true;
    unlink(_path.c_str());
}

}  // namespace lars
