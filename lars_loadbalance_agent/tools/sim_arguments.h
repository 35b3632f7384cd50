// The command line of lars_sim. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lars {

struct sim_arguments {
    std::string config_path;  // empty: the default thresholds
    std::string svg_path;     // empty: no chart
    uint32_t seed = 1;
    std::vector<std::string> scenarios;
};

// Reads the command line into *OUT. Returns nothing if there is something to play. Returns
// main's exit status if there is not: 0 after help or the version was printed, 2 after
// stderr has said how the program is used.
std::optional<int> parse_sim_arguments(int argc, char **argv, sim_arguments *out);

}  // namespace lars
