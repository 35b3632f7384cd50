#include "sim_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "svg_panel.h"

namespace lars {

using values = svg_panel::values;

static constexpr int HEADER = 56;
static constexpr size_t MOST_COLOURS = 6;  // h0 to h5 in the style sheet
static constexpr size_t MOST_GREY_LINES = 10;

// Light, and dark where the viewer asks for it; the paper is painted, for viewers that
// know nothing of this.
static const char *const STYLE = R"(<style>
.paper{fill:#fff}text{font:12px sans-serif;fill:#222}.title{font-size:16px}.head{font-weight:bold}
.left{text-anchor:end}.mid{text-anchor:middle}path{fill:none;stroke-width:1.5;stroke-linejoin:round}
.grid{stroke:#888;stroke-opacity:.3;stroke-width:1}.adaptive{stroke:#1f6fd0;stroke-width:2.2}
.course{stroke:#d9691e}.robin{stroke:#8a8f98}.other{stroke:#8a8f98}
.band{fill:#8a8f98;fill-opacity:.35}.asideband{fill:#d9691e;fill-opacity:.3}
.h0{stroke:#d9691e}.h1{stroke:#1f6fd0}.h2{stroke:#2a9d4a}.h3{stroke:#b03aa6}.h4{stroke:#c9a000}
.h5{stroke:#0fa3a3}
@media(prefers-color-scheme:dark){.paper{fill:#14171c}text{fill:#dde1e6}.adaptive,.h1{stroke:#6aa9ff}}
</style>
)";

// A run is kept in many parts; they are put together until each has enough calls to say
// something. Returns how many there are then.
static size_t parts_for(double calls, double enough)
{
    for (size_t parts : {150, 100, 75, 60, 50}) {
        if (calls / static_cast<double>(parts) >= enough)
            return parts;
    }
    return 30;
}

static values sums_of(const std::vector<uint32_t> &counted, size_t parts)
{
    values sums(parts, 0);
    const size_t each = counted.size() / parts;
    for (size_t i = 0; i < parts * each; ++i)
        sums[i / each] += counted[i];
    return sums;
}

static svg_panel draw_failures(const comparison &shown, double seconds)
{
    svg_panel panel("calls that failed or were refused, %", seconds);
    const size_t parts = parts_for(static_cast<double>(shown.played.total_calls()), 20);
    const std::pair<player, const char *> lines[] = {
        {player::round_robin, "robin"}, {player::course, "course"}, {player::adaptive, "adaptive"}};
    for (const auto &[who, css] : lines) {
        values failed = sums_of(shown.of(who).failed_in, parts);
        const values all = sums_of(shown.of(who).all_in, parts);
        for (size_t i = 0; i < parts; ++i)
            failed[i] =
                all[i] > 0 ? 100 * failed[i] / all[i] : std::numeric_limits<double>::quiet_NaN();
        panel.add_line(name_of(who), css, std::move(failed));
    }
    return panel;
}

static std::string counted(size_t hosts)
{
    return std::to_string(hosts) + (hosts == 1 ? " host" : " hosts");
}

// Several hosts as one: what is between the least and the most, and their mean.
static void add_together(svg_panel &panel, const std::vector<values> &lines, const char *band,
                         const char *css, const std::string &name)
{
    values low = lines[0], high = lines[0], mean(lines[0].size(), 0);
    for (const values &line : lines) {
        for (size_t i = 0; i < line.size(); ++i) {
            low[i] = std::min(low[i], line[i]);
            high[i] = std::max(high[i], line[i]);
            mean[i] += line[i] / static_cast<double>(lines.size());
        }
    }
    panel.add_band(band, low, high);
    panel.add_line(name, css, std::move(mean));
}

static svg_panel draw_hosts(const comparison &shown, double seconds)
{
    svg_panel panel("policy adaptive: calls of a host in a second", seconds);
    const simulation_result &result = shown.of(player::adaptive);
    const size_t hosts = shown.played.hosts.size();
    const double calls_of_each =
        static_cast<double>(shown.played.total_calls()) / static_cast<double>(hosts);
    const size_t parts = parts_for(calls_of_each, 20);
    std::vector<values> aside, others;
    std::vector<size_t> aside_numbers;
    for (size_t host = 0; host < hosts; ++host) {
        values line = sums_of(result.calls_in[host], parts);
        for (double &value : line)
            value *= static_cast<double>(parts) / seconds;
        if (result.set_aside_of[host] > 0)
            aside_numbers.push_back(host + 1);
        (result.set_aside_of[host] > 0 ? aside : others).push_back(std::move(line));
    }
    const std::string name = counted(others.size()) + " never set aside";
    if (others.size() > MOST_GREY_LINES) {
        add_together(panel, others, "band", "other", name + ": least to most, and mean");
    } else {
        for (size_t i = 0; i < others.size(); ++i)
            panel.add_line(i == 0 ? name : "", "other", std::move(others[i]));
    }
    if (aside.size() > MOST_COLOURS) {
        add_together(panel, aside, "asideband", "h0",
                     counted(aside.size()) + " that were: least to most, and mean");
    } else {
        for (size_t i = 0; i < aside.size(); ++i)
            panel.add_line("host " + std::to_string(aside_numbers[i]), "h" + std::to_string(i),
                           std::move(aside[i]));
    }
    return panel;
}

std::string chart_of(const comparison &shown)
{
    const double seconds = std::chrono::duration<double>(shown.played.duration).count();
    const std::string width = std::to_string(svg_panel::WIDTH);
    const std::string height = std::to_string(HEADER + 2 * svg_panel::HEIGHT);
    const std::string title = xml_text(shown.title());
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " +
                      height + "\" width=\"" + width + "\" height=\"" + height +
                      "\" role=\"img\">\n<title>" + title + "</title>\n" + STYLE;
    svg += "<rect class=\"paper\" width=\"" + width + "\" height=\"" + height + "\"/>\n";
    svg += "<text class=\"title\" x=\"20\" y=\"26\">" + title + "</text>\n";
    svg += "<text x=\"20\" y=\"44\">" + xml_text(outline_of(shown)) + "</text>\n";
    svg += draw_failures(shown, seconds).draw(HEADER, 1);
    svg += draw_hosts(shown, seconds).draw(HEADER + svg_panel::HEIGHT, 0.001);
    return svg + "</svg>\n";
}

}  // namespace lars
