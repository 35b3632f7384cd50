#include "config_file.h"

#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <utility>

static std::string trim(const std::string &text)
{
    size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) {
        return "";
    }
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

static std::string without_comment(const std::string &line)
{
    for (size_t i = 0; i < line.size(); i++) {
        bool after_space = i == 0 || isspace(static_cast<unsigned char>(line[i - 1]));
        if (after_space && (line[i] == ';' || line[i] == '#')) {
            return line.substr(0, i);
        }
    }
    return line;
}

// The whole of text as a decimal number; false if it is anything else, negative, or does not fit.
static bool to_number(const std::string &text, unsigned *number)
{
    char *end;
    errno = 0;
    long long value = strtoll(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || errno != 0 || value < 0 || value > std::numeric_limits<unsigned>::max()) {
        return false;
    }
    *number = static_cast<unsigned>(value);
    return true;
}

config_file *config_file::instance()
{
    static config_file *config = new config_file;
    return config;
}

bool config_file::setPath(const std::string &path)
{
    config_file fresh;
    if (!fresh.load(path)) {
        return false;
    }
    *instance() = std::move(fresh);
    return true;
}

void config_file::complain(int line, const std::string &what) const
{
    fprintf(stderr, "%s:%d: %s\n", _path.c_str(), line, what.c_str());
}

bool config_file::load(const std::string &path)
{
    _path = path;
    errno = 0;
    std::ifstream in(path);
    std::string line, section;
    int number = 0;
    bool right = true;
    while (getline(in, line)) {
        right = read_line(line, ++number, &section) && right;
    }
    if (!in.eof()) {
        fprintf(stderr, "%s: %s\n", path.c_str(), errno != 0 ? strerror(errno) : "cannot be read");
        return false;
    }
    return right && check_ranges();
}

bool config_file::read_line(const std::string &line, int number, std::string *section)
{
    std::string text = trim(without_comment(line));
    if (text.empty()) {
        return true;
    }
    if (text[0] == '[') {
        *section = text.back() == ']' ? trim(text.substr(1, text.size() - 2)) : "";
        if (section->empty()) {
            complain(number, text + " is no [section]");
            return false;
        }
        return true;
    }

    size_t equals = text.find('=');
    std::string key = trim(text.substr(0, equals));
    if (equals == std::string::npos || key.empty()) {
        complain(number, text + " is no key = value");
        return false;
    }
    if (section->empty()) {
        complain(number, key + " stands before any [section]");
        return false;
    }
    auto added = _sections[*section].insert({key, {trim(text.substr(equals + 1)), number}});
    if (!added.second) {
        complain(number, "[" + *section + "] " + key + " was set in line " + std::to_string(added.first->second.line));
        return false;
    }
    return true;
}

// The numbers that this library itself will use.
bool config_file::check_ranges() const
{
    const struct {
        const char *key;
        unsigned min, max;
    } ranges[] = {{"port", 1, 65535}, {"maxConn", 1, 1000000}, {"threadNum", 0, 1000}};

    bool right = true;
    for (const auto &range : ranges) {
        const entry *e = find("reactor", range.key);
        unsigned number;
        if (e != NULL && (!to_number(e->value, &number) || number < range.min || number > range.max)) {
            complain(e->line, std::string("[reactor] ") + range.key + " = " + e->value + ": not a number from " +
                                  std::to_string(range.min) + " to " + std::to_string(range.max));
            right = false;
        }
    }
    return right;
}

const config_file::entry *config_file::find(const std::string &section, const std::string &key) const
{
    auto in_section = _sections.find(section);
    if (in_section == _sections.end()) {
        return NULL;
    }
    auto it = in_section->second.find(key);
    return it == in_section->second.end() ? NULL : &it->second;
}

void config_file::wrong_kind(const std::string &section, const std::string &key, const entry &e, const char *kind) const
{
    complain(e.line, "[" + section + "] " + key + " = " + e.value + ": not " + kind);
}

std::string config_file::GetString(const std::string &section, const std::string &key,
                                   const std::string &default_value) const
{
    const entry *e = find(section, key);
    return e == NULL ? default_value : e->value;
}

std::vector<std::string> config_file::GetStringList(const std::string &section, const std::string &key) const
{
    std::vector<std::string> list;
    const entry *e = find(section, key);
    if (e == NULL || e->value.empty()) {
        return list;
    }
    size_t begin = 0, comma;
    do {
        comma = e->value.find(',', begin);
        list.push_back(trim(e->value.substr(begin, comma - begin)));
        begin = comma + 1;
    } while (comma != std::string::npos);
    return list;
}

unsigned config_file::GetNumber(const std::string &section, const std::string &key, unsigned default_value) const
{
    const entry *e = find(section, key);
    unsigned number = default_value;
    if (e != NULL && !to_number(e->value, &number)) {
        wrong_kind(section, key, *e, "a number from 0 to 4294967295");
    }
    return number;
}

bool config_file::GetBool(const std::string &section, const std::string &key, bool default_value) const
{
    const entry *e = find(section, key);
    if (e == NULL) {
        return default_value;
    }
    for (const char *yes : {"true", "yes", "on", "1"}) {
        if (e->value == yes) {
            return true;
        }
    }
    for (const char *no : {"false", "no", "off", "0"}) {
        if (e->value == no) {
            return false;
        }
    }
    wrong_kind(section, key, *e, "true or false");
    return default_value;
}

float config_file::GetFloat(const std::string &section, const std::string &key, float default_value) const
{
    const entry *e = find(section, key);
    if (e == NULL) {
        return default_value;
    }
    char *end;
    errno = 0;
    float number = strtof(e->value.c_str(), &end);
    if (e->value.empty() || *end != '\0' || errno != 0) {
        wrong_kind(section, key, *e, "a number");
        return default_value;
    }
    return number;
}
