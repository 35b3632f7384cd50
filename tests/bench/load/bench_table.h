// What a bench has measured: a line for each figure, ours beside what it is compared with.
#pragma once

#include <string>
#include <vector>

namespace lars::bench {

struct bench_line {
    std::string name;  // empty: that of the line before, in another unit
    std::string unit;
    int digits = 0;  // behind the point
    double ours = 0;
    double other = 0;  // 0: there is none to compare with
    // Of rounds in turn: the median of their ratios, the lowest and the highest. 0: the
    // ratio is that of the two figures.
    double ratio = 0, lowest = 0, highest = 0;
};

// One thread.
class bench_table {
public:
    // Prints the head. WHAT stands over the names, OTHER over what ours is compared with.
    bench_table(const std::string &what, const std::string &other);

    // Prints the line and keeps it.
    void add(bench_line line);

    // The whole as a table of Markdown.
    std::string markdown() const;

private:
    // What stands in the columns.
    static std::vector<std::string> cells(const bench_line &line);
    static void print(const std::vector<std::string> &row);

    std::vector<std::vector<std::string>> _rows;  // the head first
};

double median(std::vector<double> values);
double highest(const std::vector<double> &values);
// The value that so many of a hundred do not exceed.
double percentile(std::vector<double> values, double percent);

}  // namespace lars::bench
