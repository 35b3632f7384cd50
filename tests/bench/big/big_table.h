// A table of 1,000,000 routes, and what is to be known of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "database.h"
#include "route.h"
#include "tcp_load.h"

namespace lars::bench {

constexpr int BIG_MODULES = 333336;
constexpr int BIG_HOSTS = 3;  // of each module

// The modules are (1,1) to (BIG_MODULES,1).
module_route big_route(int modid);

void fill_big_table(test::database &routes);

// Lookups of modules all over the table, as lars_dns answers them while RouteVersion is
// VERSION; and as a redis server does that holds the same (redis_server.h).
std::vector<exchange> big_lookups(uint64_t version);
std::vector<exchange> big_redis_lookups();

// The key of a module in redis, and its hosts as the value.
std::string redis_key(int modid);
std::string redis_value(const module_route &route);

}  // namespace lars::bench
