#include "bench_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lars::bench {

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double highest(const std::vector<double> &values)
{
    return *std::max_element(values.begin(), values.end());
}

double percentile(std::vector<double> values, double percent)
{
    std::sort(values.begin(), values.end());
    const double place = std::ceil(static_cast<double>(values.size()) * percent / 100);
    return values[static_cast<size_t>(std::max(place, 1.0)) - 1];
}

static std::string number(double value, int digits)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return value == 0 ? "-" : text;
}

bench_table::bench_table(const std::string &what, const std::string &other)
    : _rows{{what, "", "Lars", other, "ratio", "lowest", "highest"}}
{
    print(_rows[0]);
}

std::vector<std::string> bench_table::cells(const bench_line &line)
{
    return {line.name,
            line.unit,
            number(line.ours, line.digits),
            number(line.other, line.digits),
            number(line.ratio, 2),
            number(line.lowest, 2),
            number(line.highest, 2)};
}

void bench_table::print(const std::vector<std::string> &row)
{
    std::printf("%-38s %-12s %12s %12s %8s %8s %8s\n", row[0].c_str(), row[1].c_str(),
                row[2].c_str(), row[3].c_str(), row[4].c_str(), row[5].c_str(), row[6].c_str());
    std::fflush(stdout);
}

void bench_table::add(bench_line line)
{
    if (line.ratio == 0 && line.other > 0)
        line.ratio = line.ours / line.other;
    _rows.push_back(cells(line));
    print(_rows.back());
}

std::string bench_table::markdown() const
{
    std::string text;
    for (const std::vector<std::string> &row : _rows) {
        for (const std::string &cell : row)
            text += "| " + cell + (cell.empty() ? "" : " ");
        text += "|\n";
        if (&row == &_rows[0])
            text += "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
    }
    return text;
}

}  // namespace lars::bench
