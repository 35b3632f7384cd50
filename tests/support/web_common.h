// What the tests that ask lars_web include, read by the compiler once for all of them, as
// common.h is.
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "common.h"
