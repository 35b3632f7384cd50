#include "table.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace lars::faults {

static const std::string BEGIN = "<!-- make faults: begin -->\n";
static const std::string END = "<!-- make faults: end -->\n";
static const std::string HEAD = "| who | fault | promised | seen |\n| --- | --- | --- | --- |\n";

std::string row_begin(const fault &f)
{
    return "| " + f.who + " | " + f.what + " | " + f.promised.text + " |";
}

static std::string current(const outcome &o)
{
    if (o.current_after < milliseconds(0))
        return "never current again";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(o.current_after.count()) / 1000);
    return std::string("current after ") + text;
}

std::string row(const fault &f, const outcome &o)
{
    if (!o.not_tried.empty())
        return row_begin(f) + " " + o.not_tried + " |";
    const seen &s = o.callers;
    std::ostringstream text;
    text << row_begin(f) << " " << s.answers << " answers, " << s.unanswered
         << " without, longest call " << s.longest.count() << " ms; " << s.wrong << " wrong, "
         << s.no_exist << " RET_NOEXIST; " << o.stored << " of " << o.reported
         << " reports stored; " << current(o);
    for (const std::string &what : broken(f.promised, o))
        text << "; **broken: " << what << "**";
    return text.str() + " |";
}

std::vector<std::string> rows_of(const std::string &page)
{
    std::vector<std::string> rows;
    const size_t begin = page.find(BEGIN + HEAD);
    const size_t end = page.find(END);
    if (begin == std::string::npos || end == std::string::npos)
        return rows;
    const size_t first = begin + BEGIN.size() + HEAD.size();
    std::istringstream lines(page.substr(first, end - first));
    for (std::string line; std::getline(lines, line);)
        rows.push_back(line);
    return rows;
}

std::vector<std::string> merged(const std::vector<std::string> &before,
                                const std::vector<std::string> &later)
{
    std::vector<std::string> all;
    for (const fault &f : all_faults()) {
        const std::string begin = row_begin(f);
        for (const auto *rows : {&later, &before}) {
            const auto found = std::find_if(rows->begin(), rows->end(), [&](const auto &one) {
                return one.compare(0, begin.size(), begin) == 0;
            });
            if (found == rows->end())
                continue;
            all.push_back(*found);
            break;
        }
    }
    return all;
}

std::string with_rows(const std::string &page, const std::vector<std::string> &rows)
{
    const size_t begin = page.find(BEGIN);
    const size_t end = page.find(END);
    if (begin == std::string::npos || end == std::string::npos)
        return {};
    std::string text = page.substr(0, begin) + BEGIN + HEAD;
    for (const std::string &one : rows)
        text += one + "\n";
    return text + page.substr(end);
}

}  // namespace lars::faults
