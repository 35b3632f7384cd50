// A panel of a chart: lines over time, with axes and a legend. It is laid out for a
// picture WIDTH wide. What a line looks like is its class, for a style sheet. One thread.
#pragma once

#include <string>
#include <vector>

namespace lars {

class svg_panel {
public:
    static constexpr int WIDTH = 800;
    static constexpr int HEIGHT = 230;  // with its title, its legend and the time

    // The values of a line stand for equal parts of the time; one that is NaN is left out.
    using values = std::vector<double>;

    svg_panel(std::string title, double seconds);

    // The line gets a place in the legend if it has a NAME. What is added later is drawn
    // over what was there.
    void add_line(const std::string &name, const std::string &css, values line);
    // What is between two lines of the same length is filled.
    void add_band(const std::string &css, const values &low, const values &high);

    // Its elements, the uppermost point being at TOP. The axis begins at 0; it reaches to
    // the highest value, or to LEAST where that is more.
    std::string draw(int top, double least) const;

private:
    struct shape {
        std::string name;
        std::string css;
        values first;
        values second;  // empty: a line
    };

    double highest() const;
    std::string draw_axes(int top, double axis) const;
    std::string draw_legend(int top) const;
    std::string draw_shape(const shape &drawn, int top, double axis) const;

    std::string _title;
    double _seconds;
    std::vector<shape> _shapes;
};

// The text as it may stand in XML.
std::string xml_text(const std::string &text);

}  // namespace lars
