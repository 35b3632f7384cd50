#include "config_file.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <limits>

namespace lars {

static std::string trim(const std::string &text)
{
    const size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Of a key that is missing: such mistakes are told after those that stand there.
static constexpr int NO_LINE = std::numeric_limits<int>::max();

static bool has_comment(const std::string &value)
{
    for (const char *mark : {" #", " ;", "\t#", "\t;"}) {
        if (value.find(mark) != std::string::npos)
            return true;
    }
    return false;
}

// Some editors put it at the beginning of a file in UTF-8.
static constexpr const char *BYTE_ORDER_MARK = "\xef\xbb\xbf";

// What may be said of a line that cannot be understood: it may hold anything, also a
// password. A key is shown only if it looks like one.
static bool is_key(const std::string &text)
{
    constexpr size_t LONGEST = 40;
    constexpr const char *LETTERS =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return !text.empty() && text.size() <= LONGEST &&
           text.find_first_not_of(LETTERS) == std::string::npos;
}

static bool may_hold_password(const std::string &section, const std::string &key)
{
    return section == "mysql" || key.find("passw") != std::string::npos;
}

static std::string shown(const std::string &section, const std::string &key,
                         const std::string &value)
{
    return may_hold_password(section, key) ? "the value" : "'" + value + "'";
}

static std::string at(const std::string &path, int line)
{
    return path + (line == NO_LINE ? "" : ":" + std::to_string(line)) + ": ";
}

status config_file::load(const std::string &path)
{
    std::ifstream in(path);
    if (!in)
        return status::from_errno("cannot read configuration " + path);
    return read(in, path);
}

status config_file::read(std::istream &in, const std::string &name)
{
    _path = name;
    std::string section;
    std::string text;
    int line = 0;
    while (std::getline(in, text)) {
        if (line == 0 && text.compare(0, 3, BYTE_ORDER_MARK) == 0)
            text.erase(0, 3);
        if (status s = parse_line(trim(text), ++line, section); !s)
            return s;
    }
    // A folder opens, and only then fails to be read.
    if (in.bad())
        return status::from_errno("cannot read configuration " + name);
    return {};
}

status config_file::parse_line(const std::string &text, int line, std::string &section)
{
    if (text.empty() || text[0] == '#' || text[0] == ';')
        return {};
    if (text[0] == '[') {
        section = trim(text.substr(1, text.size() - 2));
        if (text.back() != ']' || section.empty())
            return status::error(at(_path, line) + "a section is written [name]");
        if (!_section_lines.emplace(section, line).second)
            return status::error(at(_path, line) + "section [" + section + "] stands here twice");
        return {};
    }

    const size_t equals = text.find('=');
    if (equals == std::string::npos)
        return status::error(at(_path, line) + "expected key = value");
    const std::string key = trim(text.substr(0, equals));
    std::string value = trim(text.substr(equals + 1));
    if (key.empty())
        return status::error(at(_path, line) + "no key before '='");
    if (!is_key(key))
        return status::error(at(_path, line) +
                             "a key has at most 40 letters, digits and '_', and no others");
    if (section.empty()) {
        // Text in base64 ends so too.
        const bool has_value = !value.empty() && value[0] != '=';
        return status::error(at(_path, line) + (has_value ? key : "a key") +
                             " stands before any [section]");
    }

    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
    } else if (has_comment(value)) {
        return status::error(at(_path, line) + "[" + section + "] " + key +
                             ": a comment needs a line of its own (or put the value in quotes)");
    }
    if (!_sections[section].emplace(key, entry{value, line, false}).second)
        return status::error(at(_path, line) + "[" + section + "] " + key + " is given twice");
    return {};
}

bool config_file::has(const std::string &section, const std::string &key) const
{
    const auto found = _sections.find(section);
    return found != _sections.end() && found->second.count(key) > 0;
}

bool config_file::has_section(const std::string &section) const
{
    return _section_lines.count(section) > 0;
}

void config_file::alias_section(const std::string &other_name, const std::string &section)
{
    const auto line = _section_lines.find(other_name);
    if (line == _section_lines.end())
        return;
    for (auto &[key, value] : _sections[other_name]) {
        if (!_sections[section].emplace(key, value).second)
            add_mistake(value.line, other_name, key, "is given in [" + section + "] too");
    }
    _section_lines.emplace(section, line->second);
    _section_lines.erase(line);
    _sections.erase(other_name);
}

config_file::entry *config_file::use(const std::string &section, const std::string &key)
{
    const auto found = _sections.find(section);
    if (found == _sections.end())
        return nullptr;
    const auto value = found->second.find(key);
    if (value == found->second.end())
        return nullptr;
    value->second.used = true;
    return &value->second;
}

void config_file::add_mistake(int line, const std::string &section, const std::string &key,
                              const std::string &why)
{
    _mistakes.push_back({line, at(_path, line) + "[" + section + "] " + key + ": " + why});
}

void config_file::reject(const std::string &section, const std::string &key, const std::string &why)
{
    const entry *e = use(section, key);
    add_mistake(e ? e->line : NO_LINE, section, key, why);
}

std::string config_file::get_string(const std::string &section, const std::string &key,
                                    const std::string &fallback)
{
    const entry *e = use(section, key);
    return e ? e->value : fallback;
}

int64_t config_file::get_number(const std::string &section, const std::string &key,
                                int64_t fallback, int64_t lowest, int64_t highest)
{
    const entry *e = use(section, key);
    if (!e)
        return fallback;
    int64_t number = 0;
    const char *end = e->value.data() + e->value.size();
    const auto parsed = std::from_chars(e->value.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end && number >= lowest && number <= highest)
        return number;
    add_mistake(e->line, section, key,
                shown(section, key, e->value) + " is not a whole number from " +
                    std::to_string(lowest) + " to " + std::to_string(highest));
    return fallback;
}

bool config_file::get_bool(const std::string &section, const std::string &key, bool fallback)
{
    const entry *e = use(section, key);
    if (!e)
        return fallback;
    for (const char *yes : {"true", "yes", "on", "1"}) {
        if (e->value == yes)
            return true;
    }
    for (const char *no : {"false", "no", "off", "0"}) {
        if (e->value == no)
            return false;
    }
    add_mistake(e->line, section, key,
                shown(section, key, e->value) + " is neither true nor false");
    return fallback;
}

static bool is_plain_decimal(const std::string &text)
{
    const size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string::npos)
        return !text.empty();
    return digits > 0 && text[digits] == '.' && digits + 1 < text.size() && text.size() <= 12 &&
           text.find_first_not_of("0123456789", digits + 1) == std::string::npos;
}

std::string config_file::get_decimal(const std::string &section, const std::string &key,
                                     const std::string &fallback, double lowest, double highest)
{
    const entry *e = use(section, key);
    if (!e)
        return fallback;
    double number = -1;
    // Unlike strtod() it does not depend on a program's locale.
    if (is_plain_decimal(e->value))
        std::from_chars(e->value.data(), e->value.data() + e->value.size(), number);
    if (number >= lowest && number <= highest && is_plain_decimal(e->value))
        return e->value;
    char range[64];
    snprintf(range, sizeof range, "from %.10g to %.10g", lowest, highest);
    add_mistake(e->line, section, key,
                shown(section, key, e->value) + " is not a decimal number " + range);
    return fallback;
}

uint32_t config_file::get_ip(const std::string &section, const std::string &key, uint32_t fallback)
{
    const entry *e = use(section, key);
    if (!e)
        return fallback;
    if (const auto ip = parse_ip(e->value))
        return *ip;
    add_mistake(e->line, section, key, shown(section, key, e->value) + " is not an IPv4 address");
    return fallback;
}

std::string config_file::get_host(const std::string &section, const std::string &key,
                                  const std::string &fallback)
{
    const entry *e = use(section, key);
    if (!e)
        return fallback;
    if (is_host(e->value))
        return e->value;
    add_mistake(e->line, section, key,
                shown(section, key, e->value) + " is neither an IPv4 address nor a host's name");
    return fallback;
}

std::vector<server_address> config_file::get_servers(const std::string &section,
                                                     const std::string &key)
{
    std::vector<server_address> found;
    const entry *e = use(section, key);
    if (!e)
        return found;
    if (status s = parse_servers(e->value, &found); !s)
        add_mistake(e->line, section, key,
                    shown(section, key, e->value) +
                        " is not a list of host:port, host:port: " + s.message());
    return found;
}

void config_file::ignore_section(const std::string &section)
{
    const auto found = _sections.find(section);
    if (found == _sections.end())
        return;
    for (auto &[key, value] : found->second)
        value.used = true;
}

status config_file::finish() const
{
    std::vector<mistake> all = _mistakes;
    for (const auto &[section, keys] : _sections) {
        for (const auto &[key, e] : keys) {
            if (e.used)
                continue;
            const bool told = !may_hold_password(section, "") || key.compare(0, 3, "db_") == 0;
            all.push_back({e.line, at(_path, e.line) + "[" + section + "] " +
                                       (told ? key : "a key") + ": there is no such key"});
        }
    }
    if (all.empty())
        return {};
    const auto first = std::min_element(
        all.begin(), all.end(), [](const auto &a, const auto &b) { return a.line < b.line; });
    return status::error(first->message);
}

}  // namespace lars
