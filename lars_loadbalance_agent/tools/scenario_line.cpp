#include "scenario_line.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>

#include "plain_text.h"

namespace lars {

static constexpr double LONGEST = 30 * 24 * 3600;

scenario_line::scenario_line(const std::string &text)
{
    std::istringstream words(text.substr(0, text.find('#')));
    for (std::string word; words >> word;)
        _words.push_back(word);
}

void scenario_line::reject(const std::string &why)
{
    if (_mistake.empty())
        _mistake = why;
}

std::string scenario_line::word(const char *what)
{
    if (!at_end())
        return _words[_next++];
    reject(std::string(what) + " is missing");
    return "";
}

bool scenario_line::take(const char *wanted)
{
    if (at_end() || _words[_next] != wanted)
        return false;
    ++_next;
    return true;
}

static std::optional<double> parse(const std::string &text, const std::string &unit)
{
    if (text.size() <= unit.size() ||
        text.compare(text.size() - unit.size(), unit.size(), unit) != 0)
        return std::nullopt;
    double read = 0;
    const char *end = text.data() + text.size() - unit.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, read, std::chars_format::fixed);
    // "nan" and "inf" are numbers to from_chars.
    if (error != std::errc() || stopped != end || !std::isfinite(read))
        return std::nullopt;
    return read;
}

double scenario_line::number(const char *what, const char *unit, double lowest, double highest)
{
    const std::string text = word(what);
    const auto read = parse(text, unit);
    if (read && *read >= lowest && *read <= highest)
        return *read;
    std::ostringstream why;
    why.precision(10);
    why << what << ": '" << plain_text(text) << "' is not a number";
    if (*unit != 0)
        why << " with " << unit << " behind it";
    why << " from " << lowest << " to " << highest;
    reject(why.str());
    return lowest;
}

uint32_t scenario_line::whole(const char *what, double lowest, double highest)
{
    const double read = number(what, "", lowest, highest);
    const auto truncated = static_cast<uint32_t>(read);
    if (read != static_cast<double>(truncated))
        reject(std::string(what) + " is not a whole number");
    return truncated;
}

scenario::time scenario_line::time(const char *what, double lowest)
{
    const std::string text = word(what);
    auto seconds = parse(text, "ms");
    if (seconds)
        seconds = *seconds / 1000;
    else
        seconds = parse(text, "s");
    if (!seconds || *seconds < lowest || *seconds > LONGEST) {
        reject(std::string(what) + ": '" + plain_text(text) +
               "' is not a time such as 1.5s or 200ms, " + (lowest > 0 ? "at least 1ms and " : "") +
               "at most 30 days");
        return {};
    }
    return std::chrono::duration_cast<scenario::time>(std::chrono::duration<double>(*seconds));
}

}  // namespace lars
