// What a scenario comes to under each policy, and with plain round robin. A value like any
// other; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "simulation.h"

namespace lars {

struct comparison {
    static constexpr std::array<player, 3> PLAYERS = {player::adaptive, player::course,
                                                      player::round_robin};

    std::string path;  // of the scenario
    scenario played;
    uint32_t seed = 1;
    std::array<simulation_result, PLAYERS.size()> results;  // in the order of PLAYERS

    const simulation_result &of(player who) const { return results[static_cast<size_t>(who)]; }
    // The scenario's title, or its path where it has none.
    std::string title() const;
};

// Plays it with each of PLAYERS, both policies with the thresholds of CONFIG.
comparison compare(const std::string &path, const scenario &played, const lb_config &config,
                   uint32_t seed);

// "10 hosts, 1000 calls a second, 300 s, seed 1".
std::string outline_of(const comparison &shown);

}  // namespace lars
