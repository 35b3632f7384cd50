// A module's route as the dns has told it, on its way to the module's owner.
#pragma once

#include <vector>

#include "endpoint.h"
#include "module_id.h"

namespace lars {

struct route_update {
    module_id module;
    std::vector<endpoint> hosts;  // each once
};

}  // namespace lars
