// The page of one client of the table: the client writes it, and each owner of modules reads
// its part of it. It is given back when the last owner lets go of it. Any thread.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "lb_policy.h"
#include "local_layout.h"
#include "sealed_memory.h"
#include "status.h"

namespace lars {

class client_page {
public:
    // NUMBER tells it from the other pages. PROCESS and USER are the client's.
    static status make(uint32_t number, pid_t process, uid_t user, client_page *out);

    uint32_t number = 0;
    pid_t process = 0;
    uid_t user = 0;
    lb_time met{};

    local::page_header &header() const
    {
        return *reinterpret_cast<local::page_header *>(memory.data());
    }
    // PLACE is below MAX_BLOCKS.
    local::cell_block &block(size_t place) const
    {
        return reinterpret_cast<local::cell_block *>(memory.data() + local::MEMORY_PAGE)[place];
    }

    sealed_memory memory;
};

}  // namespace lars
