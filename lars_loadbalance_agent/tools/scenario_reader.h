// Reads a scenario line by line. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenario.h"
#include "scenario_line.h"

namespace lars {

class scenario_reader {
public:
    // Reads the next line. Returns what is wrong with it; empty: nothing.
    std::string read_line(const std::string &text);

    // How many have been read.
    int lines() const { return _lines; }

    struct mistake {
        int line = 0;  // 0: there is none
        std::string what;
    };
    // After all lines. Returns the first mistake that no line alone shows.
    mistake check() const;

    // What has been read; after check().
    scenario result() const;

private:
    void read_key(scenario_line &line);
    void read_hosts(scenario_line &line);
    void read_event(scenario_line &line);
    size_t host_number(scenario_line &line, const std::string &text) const;
    mistake check_events() const;

    scenario _read;
    int _lines = 0;
    std::map<std::string, int> _line_of;  // where each key stands, for the last time
    std::vector<int> _event_lines;
    double _host_changes = 0;  // that the events are, without repetition
};

}  // namespace lars
