#include "scenario.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

namespace lars {

static constexpr double MOST_HOSTS = 10000;
static constexpr double MOST_AGENTS = 10000;
static constexpr double MOST_CALLS_A_SECOND = 1e6;
static constexpr double MOST_CALLS = 1e8;
static constexpr double LONGEST = 30 * 24 * 3600;

uint64_t scenario::total_calls() const
{
    return static_cast<uint64_t>(calls * std::chrono::duration<double>(duration).count());
}

std::vector<double> scenario::fair_shares() const
{
    double all = 0;
    for (const host &h : hosts)
        all += h.weight;
    std::vector<double> shares;
    for (const host &h : hosts)
        shares.push_back(h.weight / all);
    return shares;
}

namespace {

// The words of one line, taken one by one. The first mistake is kept.
class line_reader {
public:
    explicit line_reader(const std::string &line)
    {
        std::istringstream words(line.substr(0, line.find('#')));
        for (std::string word; words >> word;)
            _words.push_back(word);
    }

    bool at_end() const { return _next == _words.size(); }
    const std::string &mistake() const { return _mistake; }
    void reject(const std::string &why)
    {
        if (_mistake.empty())
            _mistake = why;
    }

    std::string word(const char *what)
    {
        if (!at_end())
            return _words[_next++];
        reject(std::string(what) + " is missing");
        return "";
    }
    // Takes the next word if it is this one.
    bool take(const char *wanted)
    {
        if (at_end() || _words[_next] != wanted)
            return false;
        ++_next;
        return true;
    }

    // A number with UNIT behind it, within the limits.
    double number(const char *what, const char *unit, double lowest, double highest)
    {
        const std::string text = word(what);
        const auto read = parse(text, unit);
        if (read && *read >= lowest && *read <= highest)
            return *read;
        std::ostringstream why;
        why.precision(10);
        why << what << ": '" << text << "' is not a number";
        if (*unit != 0)
            why << " with " << unit << " behind it";
        why << " from " << lowest << " to " << highest;
        reject(why.str());
        return lowest;
    }
    uint32_t whole(const char *what, double lowest, double highest)
    {
        const double read = number(what, "", lowest, highest);
        if (read != static_cast<double>(static_cast<uint32_t>(read)))
            reject(std::string(what) + " is not a whole number");
        return static_cast<uint32_t>(read);
    }
    // "1.5s" or "200ms".
    scenario::time time(const char *what, double lowest)
    {
        const std::string text = word(what);
        auto seconds = parse(text, "ms");
        if (seconds)
            seconds = *seconds / 1000;
        else
            seconds = parse(text, "s");
        if (!seconds || *seconds < lowest || *seconds > LONGEST) {
            reject(std::string(what) + ": '" + text + "' is not a time such as 1.5s or 200ms" +
                   (lowest > 0 ? " above 0" : "") + ", at most 30 days");
            return {};
        }
        return std::chrono::duration_cast<scenario::time>(std::chrono::duration<double>(*seconds));
    }

private:
    static std::optional<double> parse(const std::string &text, const std::string &unit)
    {
        if (text.size() <= unit.size() ||
            text.compare(text.size() - unit.size(), unit.size(), unit) != 0)
            return std::nullopt;
        double read = 0;
        const char *end = text.data() + text.size() - unit.size();
        const auto [stopped, error] =
            std::from_chars(text.data(), end, read, std::chars_format::fixed);
        if (error != std::errc() || stopped != end)
            return std::nullopt;
        return read;
    }

    std::vector<std::string> _words;
    size_t _next = 0;
    std::string _mistake;
};

}  // namespace

static void read_hosts(line_reader &line, scenario *out)
{
    scenario::host host;
    const uint32_t count = line.whole("the number of hosts", 1, MOST_HOSTS);
    while (!line.at_end()) {
        if (line.take("weight")) {
            host.weight = line.whole("weight", 0, std::numeric_limits<uint32_t>::max());
        } else if (line.take("bears")) {
            host.bears = line.number("bears", "", 0.001, MOST_CALLS_A_SECOND);
        } else if (line.take("cold")) {
            host.cold_part = line.number("cold", "%", 0, 100) / 100;
            if (!line.take("for"))
                line.reject("'for' and a time are missing after cold");
            host.warm_after = line.time("the time that it is cold for", 0.001);
        } else {
            line.reject("'" + line.word("") + "' is no word for hosts: weight, bears or cold");
        }
    }
    if (host.warm_after.count() > 0 && host.bears == 0)
        line.reject("cold needs bears");
    if (static_cast<double>(out->hosts.size() + count) > MOST_HOSTS)
        line.reject("more than 10000 hosts");
    else
        out->hosts.insert(out->hosts.end(), count, host);
}

static void read_event(line_reader &line, scenario *out)
{
    scenario::event event;
    event.takes = scenario::USUAL_TIME;
    event.at = line.time("the time", 0);
    if (!line.take("host"))
        line.reject("'host' is missing after the time");
    const std::string which = line.word("the host's number");
    const size_t dash = which.find('-');
    const auto number = [&](const std::string &text) {
        size_t read = 0;
        const char *end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(text.data(), end, read);
        if (error != std::errc() || stopped != end || read < 1 || read > out->hosts.size()) {
            line.reject("'" + text + "' is not the number of a host: 1 to " +
                        std::to_string(out->hosts.size()));
            return size_t{0};
        }
        return read - 1;
    };
    event.first = number(which.substr(0, dash));
    event.last = dash == std::string::npos ? event.first : number(which.substr(dash + 1));
    if (event.last < event.first)
        line.reject("'" + which + "' ends before it begins");
    if (!line.take("fails"))
        line.reject("'fails' is missing after the host");
    event.fails = line.number("fails", "%", 0, 100) / 100;
    if (line.take("takes"))
        event.takes = line.time("takes", 0.001);
    out->events.push_back(event);
}

static void read_line(line_reader &line, scenario *out)
{
    const std::string key = line.word("");
    if ((key == "duration" && out->duration.count() > 0) || (key == "calls" && out->calls > 0) ||
        (key == "repeat" && out->repeat.count() > 0))
        line.reject(key + " is there twice");
    if (key == "duration") {
        out->duration = line.time(key.c_str(), 0.001);
    } else if (key == "calls") {
        out->calls = line.number("calls", "", 0.0001, MOST_CALLS_A_SECOND);
    } else if (key == "agents") {
        out->agents = line.whole("agents", 1, MOST_AGENTS);
    } else if (key == "hosts") {
        read_hosts(line, out);
    } else if (key == "repeat") {
        out->repeat = line.time(key.c_str(), 0.001);
    } else if (key == "at") {
        read_event(line, out);
    } else {
        line.reject("'" + key + "' is none of duration, calls, agents, hosts, repeat and at");
    }
    if (!line.at_end())
        line.reject("'" + line.word("") + "' is too much");
}

static std::string what_is_missing(const scenario &read)
{
    if (read.duration.count() == 0)
        return "no duration";
    if (read.calls == 0)
        return "no calls";
    if (read.hosts.empty())
        return "no hosts";
    if (std::all_of(read.hosts.begin(), read.hosts.end(),
                    [](const scenario::host &h) { return h.weight == 0; }))
        return "all hosts have weight 0";
    if (static_cast<double>(read.total_calls()) > MOST_CALLS || read.total_calls() == 0)
        return "calls and duration make " + std::to_string(read.total_calls()) +
               " calls: it must be 1 to 100000000";
    for (const scenario::event &event : read.events) {
        if (event.at > read.duration || (read.repeat.count() > 0 && event.at >= read.repeat))
            return "an event comes after the end";
    }
    return "";
}

status read_scenario(const std::string &path, scenario *out)
{
    std::ifstream file(path);
    if (!file)
        return status::error("cannot read " + path);
    scenario read;
    std::string text;
    for (int number = 1; std::getline(file, text); ++number) {
        if (number == 1 && text.compare(0, 2, "# ") == 0)
            read.title = text.substr(2);
        line_reader line(text);
        if (line.at_end())
            continue;
        read_line(line, &read);
        if (!line.mistake().empty())
            return status::error(path + ":" + std::to_string(number) + ": " + line.mistake());
    }
    if (file.bad())
        return status::error("cannot read " + path);
    if (const std::string missing = what_is_missing(read); !missing.empty())
        return status::error(path + ": " + missing);
    std::stable_sort(read.events.begin(), read.events.end(),
                     [](const auto &a, const auto &b) { return a.at < b.at; });
    *out = std::move(read);
    return {};
}

}  // namespace lars
