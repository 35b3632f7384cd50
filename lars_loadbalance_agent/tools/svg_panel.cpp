#include "svg_panel.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lars {

static constexpr int LEFT = 60;
static constexpr int RIGHT = svg_panel::WIDTH - 20;
// From the top of the panel to the plot's, and to its bottom.
static constexpr int PLOT_TOP = 46;
static constexpr int PLOT_BOTTOM = 196;
static constexpr int LETTER_WIDTH = 7;

std::string xml_text(const std::string &text)
{
    std::string escaped;
    for (char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

// At most one decimal: finer than what can be seen.
static std::string coordinate(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    std::string shorter = text;
    if (shorter.compare(shorter.size() - 2, 2, ".0") == 0)
        shorter.resize(shorter.size() - 2);
    return shorter == "-0" ? "0" : shorter;
}

static std::string label(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

static std::string text_at(double x, double y, const char *css, const std::string &text)
{
    return "<text class=\"" + std::string(css) + "\" x=\"" + coordinate(x) + "\" y=\"" +
           coordinate(y) + "\">" + xml_text(text) + "</text>\n";
}

static std::string straight(const std::string &css, double x1, double y1, double x2, double y2)
{
    return "<path class=\"" + css + "\" d=\"M" + coordinate(x1) + " " + coordinate(y1) + "L" +
           coordinate(x2) + " " + coordinate(y2) + "\"/>\n";
}

// 1, 2 or 5 with zeros, of which at most SIX make the whole.
static double step_of(double whole)
{
    const double rough = whole / 6;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (double step : {1.0, 2.0, 5.0}) {
        if (step * power >= rough * (1 - 1e-9))
            return step * power;
    }
    return 10 * power;
}

static double x_of(size_t part, size_t parts)
{
    return LEFT + (RIGHT - LEFT) * (static_cast<double>(part) + 0.5) / static_cast<double>(parts);
}

static double y_of(double value, int top, double axis)
{
    return top + PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * value / axis;
}

svg_panel::svg_panel(std::string title, double seconds)
    : _title(std::move(title)), _seconds(seconds)
{
}

void svg_panel::add_line(const std::string &name, const std::string &css, values line)
{
    _shapes.push_back({name, css, std::move(line), {}});
}

void svg_panel::add_band(const std::string &css, const values &low, const values &high)
{
    _shapes.push_back({"", css, low, high});
}

double svg_panel::highest() const
{
    double found = 0;
    for (const shape &drawn : _shapes) {
        for (const values *line : {&drawn.first, &drawn.second}) {
            for (double value : *line)
                found = std::isnan(value) ? found : std::max(found, value);
        }
    }
    return found;
}

std::string svg_panel::draw(int top, double least) const
{
    const double step = step_of(std::max(least, highest()));
    const double axis = std::ceil(std::max(least, highest()) / step - 1e-9) * step;
    std::string drawn = draw_axes(top, axis) + draw_legend(top);
    for (const shape &each : _shapes)
        drawn += draw_shape(each, top, axis);
    return drawn;
}

std::string svg_panel::draw_axes(int top, double axis) const
{
    std::string drawn = text_at(LEFT, top + 14, "head", _title);
    const double step = step_of(axis);
    for (int i = 0; i * step <= axis * (1 + 1e-9); ++i) {
        const double y = y_of(i * step, top, axis);
        drawn += straight("grid", LEFT, y, RIGHT, y);
        drawn += text_at(LEFT - 6, y + 4, "left", label(i * step));
    }
    const double ten = step_of(_seconds * 0.6);
    for (int i = 0; i * ten <= _seconds * (1 + 1e-9); ++i) {
        const double x = LEFT + (RIGHT - LEFT) * i * ten / _seconds;
        drawn += straight("grid", x, top + PLOT_BOTTOM, x, top + PLOT_BOTTOM + 4);
        drawn += text_at(x, top + PLOT_BOTTOM + 17, "mid", label(i * ten) + (i > 0 ? " s" : ""));
    }
    return drawn;
}

std::string svg_panel::draw_legend(int top) const
{
    std::string drawn;
    int x = LEFT;
    for (const shape &each : _shapes) {
        if (each.name.empty())
            continue;
        drawn += straight(each.css, x, top + 30, x + 16, top + 30);
        drawn += text_at(x + 20, top + 34, "name", each.name);
        x += 34 + LETTER_WIDTH * static_cast<int>(each.name.size());
    }
    return drawn;
}

// The points of a line, without those in the middle of a level stretch. BACKWARDS goes on
// with a line that is there.
static std::string points_of(const svg_panel::values &line, int top, double axis, bool backwards)
{
    std::string points;
    bool on = backwards;
    const auto height = [&](size_t i) {
        return i < line.size() && !std::isnan(line[i]) ? coordinate(y_of(line[i], top, axis)) : "";
    };
    for (size_t n = 0; n < line.size(); ++n) {
        const size_t i = backwards ? line.size() - 1 - n : n;
        const std::string y = height(i);
        if (y.empty()) {
            on = false;
            continue;
        }
        const bool level = n > 0 && height(i - 1) == y && height(i + 1) == y;
        if (level && on)
            continue;
        points += (on ? "L" : "M") + coordinate(x_of(i, line.size())) + " " + y;
        on = true;
    }
    return points;
}

std::string svg_panel::draw_shape(const shape &drawn, int top, double axis) const
{
    std::string points = points_of(drawn.first, top, axis, false);
    if (!drawn.second.empty() && !points.empty())
        points += points_of(drawn.second, top, axis, true) + "Z";
    return points.empty() ? "" : "<path class=\"" + drawn.css + "\" d=\"" + points + "\"/>\n";
}

}  // namespace lars
