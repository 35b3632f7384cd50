// A client and an agent that have met: the connection between them, the agent's table, the
// client's page, and the modules that the client has found in the table. It works on when
// the agent is gone. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "local_meeting.h"
#include "local_module.h"
#include "page_writer.h"
#include "shared_memory.h"
#include "table_reader.h"
#include "word_map.h"

namespace lars {

class local_session {
public:
    enum class outcome {
        done,
        overload,      // policy course says that no host of the module is to be called
        not_in_table,  // the module
        no_room,       // in the page, for the module's hosts; or the table is not as it should be
    };

    // A choice that was made elsewhere: pack(modid, cmdid), and pack(ip, port).
    struct choice {
        uint64_t module = 0;
        uint64_t host = 0;
    };

    // SEED decides where the turns of its modules begin.
    explicit local_session(uint64_t seed) : _seed(seed) {}
    // The last choice that was made elsewhere: the turn of that module, when it begins, begins
    // after that host.
    void set_elsewhere(const choice &made) { _elsewhere = made; }

    // Takes what a meeting has brought, and checks it. False if it cannot be used; then WHY
    // becomes the reason.
    bool begin(local_meeting::gifts gifts, std::string &why);
    // Counts in its own page what is left in that of OLD, whose agent is another one, and wakes
    // the owners.
    void take_over(const local_session &old);

    // KEY is pack(modid, cmdid). Both count, and wake the module's owner if it sleeps. A choice
    // looks at the clock, last, where the memory that it waits for has been asked for; a report
    // only where it has to. IP and PORT are set with done. A report counts where the host is or
    // was one of the module's.
    outcome choose(uint64_t key, std::string &ip, int &port);
    outcome report(uint64_t key, const std::string &ip, int port, bool success,
                   uint32_t timecost_ms);

    // Whether another meeting may be needed: the last choice, or a report since that had to wake
    // the owner, showed that the agent may be away; or the page is worn out.
    bool is_doubtful() const { return _suspect || _worn_out; }
    // Whether there was no room in the page for a host, though most of its cells are of hosts
    // that have left: they are never used again. It stays so.
    bool is_worn_out() const { return _worn_out; }
    // Looks whether the connection is up; once it is not, it stays so. It makes a system call.
    bool is_connected();
    // Whether the agent is connected, and looks at the pages or sleeps; NOW is the exact time.
    bool is_alive(uint64_t now);
    // When its owners looked at the pages last.
    uint64_t last_heartbeat() const;
    uint64_t agent() const { return _table.agent(); }

private:
    local_module *find(uint64_t key, outcome &why);
    local_module *look_up(uint64_t key);
    local_module *add_module(uint64_t key);
    outcome bring_up_to_date(local_module &module);
    outcome copy_record(local_module &module);
    bool is_mostly_old() const;
    void show_choice(const local_module &module, const local_module::host &chosen);
    void show_report(const local_module &module, const local_module::host &called);
    void wake(size_t owner, uint64_t now);
    bool is_silent(size_t owner, uint64_t now) const;

    uint64_t _seed;
    choice _elsewhere;
    owned_fd _connection;
    shared_memory _table_memory;
    shared_memory _page_memory;
    table_reader _table;
    page_writer _page;
    bool _suspect = false;
    bool _worn_out = false;

    struct waking {
        uint64_t last = 0;        // when its owner was woken last
        uint64_t unanswered = 0;  // when it was first woken, unless it has looked since; 0: never
    };
    std::array<waking, local::OWNERS> _waking;

    std::vector<local_module> _modules;
    word_map _index;                // of _modules
    uint64_t _chosen = 0;           // the coarse time of the last choice
    local_module *_last = nullptr;  // of _modules, the one that was found last
    table_reader::copy _copied;     // used again by each copy
};

}  // namespace lars
