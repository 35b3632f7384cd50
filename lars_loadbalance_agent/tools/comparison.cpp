#include "comparison.h"

#include <sstream>

#include "plain_text.h"

namespace lars {

std::string comparison::title() const
{
    return played.title.empty() ? plain_text(path, 200) : played.title;
}

comparison compare(const std::string &path, const scenario &played, const lb_config &config,
                   uint32_t seed)
{
    comparison made;
    made.path = path;
    made.played = played;
    made.seed = seed;
    for (size_t i = 0; i < comparison::PLAYERS.size(); ++i)
        made.results[i] = simulate(played, comparison::PLAYERS[i], config, seed);
    return made;
}

static std::string counted(size_t number, const char *what)
{
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string outline_of(const comparison &shown)
{
    const scenario &played = shown.played;
    std::ostringstream text;
    text.precision(10);
    text << counted(played.hosts.size(), "host") << ", ";
    if (played.agents > 1)
        text << counted(played.agents, "agent") << ", ";
    text << played.calls << " calls a second, "
         << std::chrono::duration<double>(played.duration).count() << " s, seed " << shown.seed;
    return text.str();
}

}  // namespace lars
