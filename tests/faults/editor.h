// Changes the routes all the time, one module after the other, as an administrator's program
// would: in a transaction, repeated until it is known to be done. In a thread of its own.
#pragma once

#include <atomic>
#include <thread>

#include "db_client.h"
#include "route_history.h"

namespace lars::faults {

class editor {
public:
    editor(route_history &history, const db_options &options);
    ~editor();

    // The statements that make the tables what a new route_history says, and the tally modules.
    static std::string first_rows();

private:
    void run();
    status change(db_client &client, int modid, uint32_t version);

    route_history &_history;
    db_client _client;
    std::atomic<bool> _ending{false};
    std::thread _thread;
};

}  // namespace lars::faults
