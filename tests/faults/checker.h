// Judges each answer that a caller or a subscriber gets, and counts. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "route_history.h"

namespace lars::faults {

// What was seen of one fault.
struct seen {
    int answers = 0;
    int unanswered = 0;
    int no_exist = 0;  // RET_NOEXIST, though the module was known
    int wrong = 0;
    milliseconds longest{0};          // any call, answered or not
    int pushed = 0;                   // routes that the dns sent to its subscriber
    std::vector<std::string> errors;  // the first few
};

class checker {
public:
    explicit checker(const route_history &history) : _history(history) {}

    // A get_host that began at ASKED has just returned RETCODE and perhaps a host.
    void answered(int modid, int retcode, uint32_t ip, int port, steady::time_point asked);
    // A route that a dns sent: the module's, with all its hosts. BACK: its RouteVersion is
    // lower than that of the one before on the same connection.
    void pushed(int modid, const std::vector<std::pair<uint32_t, int>> &hosts, bool back);
    void wrong(const std::string &what);

    // A new agent may begin with routes as old as its cache.
    void agent_restarts();

    // The highest version that an answer had since agent_restarts().
    uint32_t version_of(int modid) const;
    seen result() const;

private:
    void add_error(const std::string &what);

    const route_history &_history;
    mutable std::mutex _mutex;
    seen _seen;
    std::array<uint32_t, MODULES + 1> _versions{};
};

}  // namespace lars::faults
