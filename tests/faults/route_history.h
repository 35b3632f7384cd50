// Which hosts each module has had, and when: what an answer is judged by. Module M's hosts of
// version V are 10.1.x.y:1000+M to 10.3.x.y:1000+M, where x.y is V. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace lars::faults {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

static constexpr int MODULES = 6;  // modid 1 to 6, each with cmdid 1
static constexpr int HOSTS = 3;    // of each module

// The hosts of a version, as numbers in host order.
uint32_t host_ip(int host, uint32_t version);
inline int host_port(int modid)
{
    return 1000 + modid;
}

class route_history {
public:
    // All modules have version 1.
    route_history();

    // Before a statement that may make VERSION the module's route, and once it is known to be.
    void attempt(int modid, uint32_t version);
    void confirm(int modid, uint32_t version);

    // The version that is surely in the database.
    uint32_t current(int modid) const;
    // Whether the module's current version was confirmed after this time.
    bool confirmed_since(int modid, steady::time_point when) const;

    // Faults may make routes late: from now on they may be as old as they like; or again no
    // older than LAG, seen from now on.
    void allow_old();
    void allow_lag(milliseconds lag);

    // An answer to a question that was asked at ASKED. Empty if it is right; else what is
    // wrong. *VERSION is that of the answer.
    std::string judge(int modid, uint32_t ip, int port, steady::time_point asked,
                      uint32_t *version) const;

private:
    struct entry {
        steady::time_point attempted;
        steady::time_point replaced = steady::time_point::max();
    };
    struct module {
        std::vector<entry> versions;  // the first is version 1
        uint32_t current = 1;
        steady::time_point confirmed;
    };

    mutable std::mutex _mutex;
    std::vector<module> _modules;
    bool _old_allowed = true;
    milliseconds _lag{0};
    steady::time_point _strict_since;
};

}  // namespace lars::faults
