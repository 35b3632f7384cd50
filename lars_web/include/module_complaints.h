// Which modules an alarm is to be made of. One thread; CLIENT is connected.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alarm_board.h"
#include "db_client.h"
#include "status.h"
#include "web_options.h"

namespace lars {

// The rules by which these complaints go.
const std::vector<std::string> &module_rules();

// *COMPLAINTS gets those of now (Unix seconds), a thousand for each rule at most.
status find_module_complaints(db_client &client, const alarm_options &options, int64_t now,
                              std::vector<complaint> *complaints);

}  // namespace lars
