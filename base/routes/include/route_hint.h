// Tells dns servers that the database was changed, so that they do not wait for their next
// look at it.
#pragma once

#include <vector>

#include "server_address.h"

namespace lars {

class config_file;

// The servers that the configuration of a lars_dns names: itself, and the others of its
// database. None if it is another program's. CONFIG was loaded; its finish() returns what
// is wrong.
std::vector<server_address> read_hinted_servers(config_file &config);

// Tells each of them, all at once, and of a name all its addresses. It waits for none that
// does not answer promptly, nor for a name server: those find the change by themselves.
void send_route_hint(const std::vector<server_address> &servers);

}  // namespace lars
