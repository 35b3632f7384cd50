// The histories of modules that somebody looks at: read once a minute, since there is a new
// sample once a minute. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "call_history.h"

namespace lars {

class history_cache {
public:
    // *HISTORIES becomes those of MODULES. CLIENT is connected, and the caller's.
    status read(db_client &client, const std::vector<module_id> &modules, int64_t now,
                module_histories *histories);
    // A new sample was made: what is known is out of date.
    void forget();

private:
    bool find_known(const std::vector<module_id> &modules, int64_t now, module_histories *histories,
                    std::vector<module_id> *missing);

    std::mutex _mutex;
    int64_t _minute = 0;      // guarded by _mutex, as below
    module_histories _known;  // as they were in that minute
};

}  // namespace lars
