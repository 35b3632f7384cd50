#include "scenario_reader.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>

#include "plain_text.h"

namespace lars {

static constexpr double MOST_HOSTS = 10000;
static constexpr double MOST_AGENTS = 10000;
// Each agent has a view of each host.
static constexpr double MOST_VIEWS = 1000000;
static constexpr double MOST_CALLS_A_SECOND = 1e6;
static constexpr double MOST_CALLS = 1e8;
// How often a host may begin to behave in another way, all hosts and repetitions together.
static constexpr double MOST_HOST_CHANGES = 1e6;
static constexpr double MOST_UNDER_WAY = 1e7;
static constexpr size_t MOST_IN_A_LINE = 1000;
static constexpr size_t MOST_OF_TITLE = 200;

std::string scenario_reader::read_line(const std::string &text)
{
    ++_lines;
    if (_lines == 1 && text.compare(0, 2, "# ") == 0)
        _read.title = plain_text(text.substr(2, text.find_last_not_of(" \t\r") - 1), MOST_OF_TITLE);
    scenario_line line(text);
    if (!line.at_end())
        read_key(line);
    return line.mistake();
}

void scenario_reader::read_key(scenario_line &line)
{
    const std::string key = line.word("");
    if (key != "hosts" && key != "at" && _line_of.count(key) > 0)
        line.reject(key + " is there twice");
    if (key == "duration") {
        _read.duration = line.time(key.c_str(), 0.001);
    } else if (key == "calls") {
        _read.calls = line.number("calls", "", 0.0001, MOST_CALLS_A_SECOND);
    } else if (key == "agents") {
        _read.agents = line.whole("agents", 1, MOST_AGENTS);
    } else if (key == "hosts") {
        read_hosts(line);
    } else if (key == "repeat") {
        _read.repeat = line.time(key.c_str(), 0.001);
    } else if (key == "at") {
        read_event(line);
    } else {
        line.reject("'" + plain_text(key) +
                    "' is none of duration, calls, agents, hosts, repeat and at");
        return;
    }
    _line_of[key] = _lines;
    if (!line.at_end())
        line.reject("'" + plain_text(line.word("")) + "' is too much");
}

void scenario_reader::read_hosts(scenario_line &line)
{
    scenario::host host;
    bool weighed = false;
    const uint32_t count = line.whole("the number of hosts", 1, MOST_HOSTS);
    while (!line.at_end()) {
        if (!weighed && line.take("weight")) {
            weighed = true;
            host.weight = line.whole("weight", 0, std::numeric_limits<uint32_t>::max());
        } else if (host.bears == 0 && line.take("bears")) {
            host.bears = line.number("bears", "", 0.001, MOST_CALLS_A_SECOND);
        } else if (host.warm_after.count() == 0 && line.take("cold")) {
            host.cold_part = line.number("cold", "%", 0, 100) / 100;
            if (!line.take("for"))
                line.reject("'for' and a time are missing after cold");
            host.warm_after = line.time("the time that it is cold for", 0.001);
        } else {
            line.reject("'" + plain_text(line.word("")) +
                        "' is no word for hosts, or there twice: weight, bears and cold are");
        }
    }
    if (host.warm_after.count() > 0 && host.bears == 0)
        line.reject("cold needs bears");
    if (static_cast<double>(_read.hosts.size() + count) > MOST_HOSTS)
        line.reject("more than 10000 hosts");
    if (line.mistake().empty())
        _read.hosts.insert(_read.hosts.end(), count, host);
}

size_t scenario_reader::host_number(scenario_line &line, const std::string &text) const
{
    size_t read = 0;
    const char *end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, read);
    if (error == std::errc() && stopped == end && read >= 1 && read <= _read.hosts.size())
        return read - 1;
    line.reject(_read.hosts.empty()
                    ? "the hosts must come before what happens to them"
                    : "'" + plain_text(text) + "' is not the number of a host: 1 to " +
                          std::to_string(_read.hosts.size()));
    return 0;
}

void scenario_reader::read_event(scenario_line &line)
{
    scenario::event event;
    event.takes = scenario::USUAL_TIME;
    event.at = line.time("the time", 0);
    if (!line.take("host"))
        line.reject("'host' is missing after the time");
    const std::string which = line.word("the host's number");
    const size_t dash = which.find('-');
    event.first = host_number(line, which.substr(0, dash));
    event.last =
        dash == std::string::npos ? event.first : host_number(line, which.substr(dash + 1));
    if (event.last < event.first)
        line.reject("'" + plain_text(which) + "' ends before it begins");
    if (!line.take("fails"))
        line.reject("'fails' is missing after the host");
    event.fails = line.number("fails", "%", 0, 100) / 100;
    if (line.take("takes"))
        event.takes = line.time("takes", 0.001);
    _read.events.push_back(event);
    _event_lines.push_back(_lines);
    _host_changes += static_cast<double>(event.last - event.first + 1);
    if (_host_changes > MOST_HOST_CHANGES)
        line.reject("more than 1000000 changes of hosts");
}

scenario_reader::mistake scenario_reader::check_events() const
{
    for (size_t i = 0; i < _read.events.size(); ++i) {
        if (_read.events[i].at > _read.duration)
            return {_event_lines[i], "this is after the end"};
        if (_read.repeat.count() > 0 && _read.events[i].at >= _read.repeat)
            return {_event_lines[i], "this is when everything is repeated already, or later"};
    }
    for (size_t i = 0; i < _read.events.size(); ++i) {
        const double takes = std::chrono::duration<double>(_read.events[i].takes).count();
        if (_read.calls * takes > MOST_UNDER_WAY)
            return {_event_lines[i], "more than 10000000 calls would be under way"};
    }
    if (_read.repeat.count() == 0)
        return {};
    if (_read.events.empty())
        return {_line_of.at("repeat"), "there is nothing to repeat"};
    const double rounds =
        static_cast<double>(_read.duration.count()) / static_cast<double>(_read.repeat.count());
    if (_host_changes * rounds > MOST_HOST_CHANGES)
        return {_line_of.at("repeat"), "more than 1000000 changes of hosts"};
    return {};
}

scenario_reader::mistake scenario_reader::check() const
{
    for (const char *needed : {"duration", "calls", "hosts"}) {
        if (_line_of.count(needed) == 0)
            return {std::max(1, _lines), std::string("the file ends, and ") + needed +
                                             (*needed == 'd' ? " is" : " are") + " missing"};
    }
    if (std::all_of(_read.hosts.begin(), _read.hosts.end(),
                    [](const scenario::host &h) { return h.weight == 0; }))
        return {_line_of.at("hosts"), "all hosts have weight 0"};
    const uint64_t calls = _read.total_calls();
    if (static_cast<double>(calls) > MOST_CALLS || calls == 0)
        return {_line_of.at("calls"), "with this duration it makes " + std::to_string(calls) +
                                          " calls: it must be 1 to 100000000"};
    if (static_cast<double>(_read.agents * _read.hosts.size()) > MOST_VIEWS)
        return {_line_of.at("agents"), "agents times hosts is more than 1000000"};
    return check_events();
}

scenario scenario_reader::result() const
{
    scenario sorted = _read;
    std::stable_sort(sorted.events.begin(), sorted.events.end(),
                     [](const auto &a, const auto &b) { return a.at < b.at; });
    return sorted;
}

status read_scenario(const std::string &path, scenario *out)
{
    std::ifstream file(path);
    if (!file)
        return status::error("cannot read " + path);
    return read_scenario(file, path, out);
}

status read_scenario(std::istream &in, const std::string &name, scenario *out)
{
    scenario_reader reader;
    const auto at = [&name](int line) { return name + ":" + std::to_string(line) + ": "; };
    // A file that is no scenario may have no line ends at all.
    std::vector<char> buffer(MOST_IN_A_LINE + 1);
    for (int line = 1; in.getline(buffer.data(), static_cast<std::streamsize>(buffer.size()));
         ++line) {
        auto length = static_cast<size_t>(in.gcount());
        // The line's end, where it has one, is counted, and is not in the buffer.
        length -= in.eof() ? 0 : 1;
        const std::string wrong = reader.read_line(std::string(buffer.data(), length));
        if (!wrong.empty())
            return status::error(at(line) + wrong);
    }
    if (in.bad())
        return status::error("cannot read " + name);
    if (!in.eof())
        return status::error(at(reader.lines() + 1) + "the line is longer than " +
                             std::to_string(MOST_IN_A_LINE) + " characters");
    if (const auto mistake = reader.check(); mistake.line > 0)
        return status::error(at(mistake.line) + mistake.what);
    *out = reader.result();
    return {};
}

}  // namespace lars
