// What lars_route says to a person about an error of the database, beside the words of the
// error itself. Any thread.
#pragma once

#include <string>

#include "status.h"

namespace lars {

enum class database_step {
    unprepared,  // a file of ours cannot be read
    unanswered,  // connecting, and no server has answered
    refused,     // connecting, and a server has answered with the error
    connected,   // a statement after that
};

// The advice, on a line of its own, or an empty text. CONFIG is the configuration that was
// read.
std::string advice_for(const status &why, database_step step, const std::string &config);

}  // namespace lars
