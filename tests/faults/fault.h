// A fault: who has it, what is done, and what the system promises meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "world.h"

namespace lars::faults {

enum class needs { nothing, private_network, private_mounts };

struct promise {
    std::string text;            // for the table
    bool answers_all = true;     // every call is answered, all the time
    bool stores_all = true;      // every report is stored in the end
    bool during = false;         // routes are current again while the fault still lasts
    bool stores_during = false;  // and reports are stored while it lasts, within that time, too
    milliseconds current_within{3000};  // since the fault's end, or its begin
};

struct fault {
    std::string who;
    std::string what;
    promise promised;
    std::function<void(world &)> begin;
    std::function<void(world &)> end;
    behind where = behind::nothing;
    needs need = needs::nothing;
    std::function<void(world &)> prepare = [](world &) {};  // before anything starts

    // For a test: letters, digits and underscores.
    std::string name() const;
};

// All of them, in the table's order.
const std::vector<fault> &all_faults();

// Parts of it.
std::vector<fault> process_faults();   // killed, stopped, paused, cut off
std::vector<fault> resource_faults();  // disk, descriptors
std::vector<fault> peer_faults();

}  // namespace lars::faults
