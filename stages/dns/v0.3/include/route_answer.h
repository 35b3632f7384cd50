// What the dns says about a module.
#pragma once

#include <string>

// Any thread: the body of a GetRouteResponse with the module's hosts, or with none if the
// module is not known. Hosts that do not fit into one message are left out, which is logged
// once a second at most.
std::string route_answer(int modid, int cmdid);
