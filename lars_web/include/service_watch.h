// Which services there are: those whose metrics the configuration names, asked in turn by a
// thread of its own. Any thread, unless stated.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server_address.h"
#include "status.h"
#include "web_options.h"

namespace lars {

struct service_state {
    const char *kind = "";  // "dns", "reporter", "agent"
    server_address address;
    bool asked = false;   // once, at least
    bool alive = false;   // it answered the last time
    std::string trouble;  // why not
    std::string version;
    std::optional<double> behind;  // seconds
    int64_t seen = 0;              // when it last answered, Unix seconds; 0: never
};

class service_watch {
public:
    explicit service_watch(const web_options &options);
    // Ends the thread.
    ~service_watch();

    // Once, in the owner's thread.
    status start();
    std::vector<service_state> states() const;

private:
    void run();
    void ask(size_t index);

    mutable std::mutex _mutex;
    std::condition_variable _ended;
    bool _stopping = false;              // guarded by _mutex, as below
    std::vector<service_state> _states;  // their number, kinds and addresses never change
    std::thread _thread;
};

}  // namespace lars
