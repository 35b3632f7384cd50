// A module's hosts as the body of a GetRouteResponse.
#pragma once

#include <string>

// Looks the module up. Of more hosts than a message holds, those that fit.
std::string route_answer(int modid, int cmdid);
