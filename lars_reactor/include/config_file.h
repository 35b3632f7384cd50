// An INI file, read strictly: every mistake is an error that names file, line
// and key, and a key that nobody asked for is a mistake too.
//
//     config_file config;
//     if (status s = config.load(path); !s) return s;
//     options.port = config.get_number("reactor", "port", 7778, 1, 65535);
//     if (status s = config.finish(); !s) return s;
//
// Lines are "[section]", "key = value", blank, or a comment starting with # or
// ;. A comment has a line of its own; a value in double quotes is taken as it
// is. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "endpoint.h"
#include "status.h"

namespace lars {

class config_file {
public:
    status load(const std::string &path);

    bool has(const std::string &section, const std::string &key) const;
    bool has_section(const std::string &section) const;

    // An accepted other spelling of a section: its keys are taken as SECTION's.
    void alias_section(const std::string &other_name, const std::string &section);

    // Each get_ returns the fallback where the key is absent. A value that is
    // wrong gives the fallback too, and finish() then returns the error.
    std::string get_string(const std::string &section, const std::string &key,
                           const std::string &fallback);
    int64_t get_number(const std::string &section, const std::string &key, int64_t fallback,
                       int64_t lowest, int64_t highest);
    bool get_bool(const std::string &section, const std::string &key, bool fallback);
    // The value as it stands, once it is known to be a decimal number in the
    // range, such as 0.95: for those who must not round it.
    std::string get_decimal(const std::string &section, const std::string &key,
                            const std::string &fallback, double lowest, double highest);
    uint32_t get_ip(const std::string &section, const std::string &key, uint32_t fallback);
    std::vector<endpoint> get_endpoints(const std::string &section, const std::string &key);

    // Takes a section of somebody else's as it is: for a tool that reads a part of
    // a service's configuration.
    void ignore_section(const std::string &section);

    // A mistake that only the caller can see, reported by finish() with the
    // key's file and line.
    void reject(const std::string &section, const std::string &key, const std::string &why);

    // The first mistake in the file's order: a wrong value, or a key that no get_
    // asked for.
    status finish() const;

private:
    struct entry {
        std::string value;
        int line = 0;
        bool used = false;
    };
    struct mistake {
        int line = 0;
        std::string message;
    };

    entry *use(const std::string &section, const std::string &key);
    void add_mistake(int line, const std::string &section, const std::string &key,
                     const std::string &why);
    status parse_line(const std::string &text, int line, std::string &section);

    std::string _path;
    std::map<std::string, std::map<std::string, entry>> _sections;
    std::map<std::string, int> _section_lines;
    std::vector<mistake> _mistakes;
};

}  // namespace lars
