// A configuration file: [section] lines, and key = value lines under them. What follows
// ';' or '#' is comment, at the start of a line or after a space.
// setPath is called before there are threads; then any thread may ask.
#pragma once

#include <map>
#include <string>
#include <vector>

class config_file {
public:
    // Reads the file. If it cannot be read, or is wrong, says so (file, line, key) and
    // returns false; what was read before stays in force.
    static bool setPath(const std::string &path);

    // What was read last; without setPath, an empty file.
    static config_file *instance();

    // The value, or the default if there is none. A value of another kind than asked for is
    // reported with file, line and key, and the default is returned.
    std::string GetString(const std::string &section, const std::string &key,
                          const std::string &default_value = "") const;
    std::vector<std::string> GetStringList(const std::string &section, const std::string &key) const;   // comma between
    // From 0 to 4294967295.
    unsigned GetNumber(const std::string &section, const std::string &key, unsigned default_value = 0) const;
    bool GetBool(const std::string &section, const std::string &key, bool default_value = false) const;
    float GetFloat(const std::string &section, const std::string &key, float default_value) const;

private:
    struct entry {
        std::string value;
        int line;
    };

    bool load(const std::string &path);
    bool read_line(const std::string &line, int number, std::string *section);
    bool check_ranges() const;
    const entry *find(const std::string &section, const std::string &key) const;
    void complain(int line, const std::string &what) const;
    void wrong_kind(const std::string &section, const std::string &key, const entry &e, const char *kind) const;

    std::string _path;
    std::map<std::string, std::map<std::string, entry>> _sections;
};
