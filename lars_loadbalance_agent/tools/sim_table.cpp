#include "sim_table.h"

#include <algorithm>
#include <cstdio>
#include <functional>

#include "plain_text.h"

namespace lars {

static constexpr int NAME_WIDTH = 42;
static constexpr int COLUMN_WIDTH = 13;
static constexpr size_t MOST_HOST_LINES = 20;
static constexpr size_t MOST_CHANGE_LINES = 20;

static std::string decimal(double value, int decimals)
{
    char text[400];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

static std::string percent(double part, int decimals)
{
    return decimal(100 * part, decimals);
}

static std::string seconds(scenario::time time, int decimals)
{
    return decimal(std::chrono::duration<double>(time).count(), decimals);
}

static std::string padded(const std::string &text, int width)
{
    const auto missing = static_cast<size_t>(std::max(0, width - static_cast<int>(text.size())));
    return std::string(missing, ' ') + text;
}

static std::string line_of(const std::string &name, const std::vector<std::string> &columns)
{
    std::string line = name;
    line.resize(std::max<size_t>(line.size(), NAME_WIDTH), ' ');
    for (const std::string &column : columns)
        line += " " + padded(column, COLUMN_WIDTH - 1);
    return line + "\n";
}

static std::string time_to_share(const simulation_result &result, scenario::time time)
{
    if (result.returns == 0)
        return "-";
    return time == simulation_result::NEVER ? "never" : seconds(time, 1);
}

static std::string figures_of(const comparison &shown)
{
    using result = simulation_result;
    const std::pair<const char *, std::function<std::string(const result &)>> rows[] = {
        {"calls", [](const result &r) { return std::to_string(r.calls); }},
        {"failed", [](const result &r) { return std::to_string(r.failed); }},
        {"refused, no host was given", [](const result &r) { return std::to_string(r.refused); }},
        {"failed and refused, %", [](const result &r) { return percent(r.bad(), 3); }},
        {"longest outage of a caller, s",
         [](const result &r) { return seconds(r.longest_outage, 2); }},
        {"host-time set aside, %", [](const result &r) { return percent(r.set_aside, 2); }},
        {"greatest share in a second, times the fair",
         [](const result &r) { return decimal(r.greatest_share, 2); }},
        {"share off by at most, %", [](const result &r) { return percent(r.share_off, 2); }},
        {"well again, to half its share, s",
         [](const result &r) { return time_to_share(r, r.to_half); }},
        {"well again, to its full share, s",
         [](const result &r) { return time_to_share(r, r.to_full); }},
    };
    std::vector<std::string> names;
    for (player who : comparison::PLAYERS)
        names.emplace_back(name_of(who));
    std::string text = line_of("", names);
    for (const auto &[name, figure] : rows) {
        std::vector<std::string> columns;
        for (const result &r : shown.results)
            columns.push_back(figure(r));
        text += line_of(name, columns);
    }
    return text;
}

// Of each host: its fair share, and what it had of all calls that went to a host.
static std::vector<std::string> shares_of(const comparison &shown, size_t host, double fair,
                                          int decimals)
{
    std::vector<std::string> columns;
    for (const simulation_result &r : shown.results) {
        const auto all = static_cast<double>(r.calls - r.refused);
        columns.push_back(
            percent(all == 0 ? 0 : static_cast<double>(r.calls_of[host]) / all, decimals));
    }
    columns.push_back(percent(fair, decimals));
    return columns;
}

static std::string host_lines(const comparison &shown)
{
    const size_t hosts = shown.played.hosts.size();
    const std::vector<double> fair = shown.played.fair_shares();
    const int decimals = hosts <= 10 ? 1 : hosts <= 100 ? 2 : 3;
    std::string text =
        line_of("share of the calls, %", {"adaptive", "course", "round robin", "fair"});
    size_t lines = 0;
    for (size_t first = 0, next = 0; first < hosts; first = next) {
        const auto shares = shares_of(shown, first, fair[first], decimals);
        next = first + 1;
        while (next < hosts && shares_of(shown, next, fair[next], decimals) == shares)
            ++next;
        if (++lines > MOST_HOST_LINES)
            return text + "... and " + std::to_string(hosts - first) + " more\n";
        std::string name = "host " + std::to_string(first + 1);
        if (next > first + 1)
            name = "hosts " + std::to_string(first + 1) + " to " + std::to_string(next) +
                   ", each of them";
        text += line_of(name, shares);
    }
    return text;
}

static std::string change_lines(const comparison &shown, player who)
{
    const simulation_result &result = shown.of(who);
    std::string text = std::string(name_of(who)) + ": ";
    if (result.changes.empty())
        return text + "no host was set aside\n";
    text += "who was set aside, and came back\n";
    size_t lines = 0;
    for (const simulation_result::change &change : result.changes) {
        if (++lines > MOST_CHANGE_LINES)
            return text + "... and " + std::to_string(result.changes.size() - MOST_CHANGE_LINES) +
                   " more\n";
        text += padded(seconds(change.when, 3), 12) + " s";
        if (shown.played.agents > 1)
            text += "  agent " + std::to_string(change.agent + 1);
        text += "  host " + std::to_string(change.host + 1) +
                (change.overloaded ? "  set aside: " : "  back: ") + change.why + "\n";
    }
    return text;
}

std::string table_of(const comparison &shown)
{
    std::string text = shown.title() + "\n";
    if (!shown.played.title.empty())
        text += plain_text(shown.path, 200) + ": ";
    text += outline_of(shown) + "\n\n";
    text += figures_of(shown) + "\n";
    text += host_lines(shown) + "\n";
    text += change_lines(shown, player::adaptive);
    text += change_lines(shown, player::course);
    return text;
}

}  // namespace lars
