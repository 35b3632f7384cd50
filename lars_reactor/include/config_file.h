// Reads a configuration in INI form, strictly: every mistake is an error that names
// the file, the line and the key. A key that nobody asked for is a mistake too, so
// that a misspelt key does not pass for one that is absent.
//
//     config_file config;
//     if (status s = config.load(path); !s) return s;
//     options.port = config.get_number("reactor", "port", 7778, 1, 65535);
//     if (status s = config.finish(); !s) return s;
//
// A line is "[section]", "key = value", blank, or a comment that starts with # or ;.
// A comment has a line of its own. A value in double quotes is taken as it stands
// between them. A byte-order mark at the beginning of the file (UTF-8) is skipped. What a
// line holds that cannot be understood, and values in a section [mysql] or of a key with
// "passw" in its name, are not shown in messages: they may be a password. One thread.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server_address.h"
#include "status.h"

namespace lars {

class config_file {
public:
    // Reads the file. The error says that it cannot be read, or names the first line
    // that cannot be understood.
    status load(const std::string &path);
    // Instead of load(): reads it from IN, to its end. Messages call it NAME.
    status read(std::istream &in, const std::string &name);

    // Whether the file has that key; that section. This does not count as asking for it.
    bool has(const std::string &section, const std::string &key) const;
    bool has_section(const std::string &section) const;

    // After load(). Accepts another spelling of a section: what stands in [OTHER_NAME]
    // is taken as if it stood in [SECTION]. A key that is in both is a mistake.
    void alias_section(const std::string &other_name, const std::string &section);

    // Each of these returns the value of the key, or FALLBACK where the key is absent.
    // Where the value is wrong it returns FALLBACK as well, and finish() will return
    // the error. A number is a whole decimal number from LOWEST to HIGHEST. A bool is
    // true, yes, on or 1, or false, no, off or 0.
    std::string get_string(const std::string &section, const std::string &key,
                           const std::string &fallback);
    int64_t get_number(const std::string &section, const std::string &key, int64_t fallback,
                       int64_t lowest, int64_t highest);
    bool get_bool(const std::string &section, const std::string &key, bool fallback);
    // A decimal number such as 0.95, from LOWEST to HIGHEST. It is returned as it is
    // written, for those who must not round it.
    std::string get_decimal(const std::string &section, const std::string &key,
                            const std::string &fallback, double lowest, double highest);
    // An IPv4 address, in host order.
    uint32_t get_ip(const std::string &section, const std::string &key, uint32_t fallback);
    // An IPv4 address or a host's name, as it is written.
    std::string get_host(const std::string &section, const std::string &key,
                         const std::string &fallback);
    // A list such as "10.0.0.1:7778, dns2.example.net:7778" (server_address.h); empty where
    // the key is absent.
    std::vector<server_address> get_servers(const std::string &section, const std::string &key);

    // Accepts whatever keys stand in that section. For a tool that reads only a part of
    // a service's configuration.
    void ignore_section(const std::string &section);

    // Adds a mistake that only the caller can see, such as two values that do not fit
    // together. finish() returns it with the file and the line of the key.
    void reject(const std::string &section, const std::string &key, const std::string &why);

    // To be called when everything has been asked for. Returns the mistake that comes
    // first in the file: a wrong value, or a key that nobody asked for.
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
