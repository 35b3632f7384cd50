// What the agent says when it is asked why it treats a module's hosts as it does. Any
// thread, if the modules are its own.
#pragma once

#include <string>

#include "endpoint.h"
#include "explanation.h"
#include "route_lb.h"
#include "table_keeper.h"

namespace lars {

// Whether PEER, who asks, may be told: the answer is for programs of this machine alone,
// which ask from a loopback address.
bool may_be_told(const endpoint &peer);

// Returns the body of the ExplainResponse to what was ASKED, at NOW. The agent serves
// since STARTED. It holds as many hosts as an answer may, so that whoever asks goes on
// with the next; the first one has the next choices too. MODULES stays as it is: the
// module does not become known, the dns is not asked, and no choice is used up. TABLE is where
// clients choose by themselves; null: nowhere.
std::string explain_answer(const explain_request &asked, const route_lb &modules,
                           const table_keeper *table, lb_time started, lb_time now);

}  // namespace lars
