// One owner's part of the table that clients choose from: the records of its modules and
// their index, in memory that others read at any time (local_layout.h). A reader never sees
// half a change: a record's version is odd while it is changed.
//
// One thread, the owner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "load_balance.h"
#include "local_layout.h"
#include "record_space.h"
#include "route.h"

namespace lars {

class table_part {
public:
    // What a table may hold, for each owner.
    struct bounds {
        size_t modules = 10000;
        size_t hosts = 100000;
    };
    // What a part of these bounds takes, in bytes: whole memory pages.
    static size_t size_of(const bounds &limits);
    static uint32_t index_slots(const bounds &limits);

    // MEMORY has size_of(LIMITS) bytes that are 0, begins where a memory page does, and
    // outlives this object.
    table_part(char *memory, const bounds &limits);

    // Shows the module with these hosts, in the place of what it had. False if there is no
    // room for it: then it is not in the table.
    bool put(const module_id &module, const std::vector<load_balance::shown_host> &hosts,
             bool is_course);
    // Takes the module out of the table. Does nothing if it is not there.
    void remove(const module_id &module);
    // Offers a probe to a client (pack_offer()), in the place of an earlier offer; 0: to none.
    // Does nothing if the module is not there.
    void offer(const module_id &module, uint64_t offer);

    // Tells clients that the owner has looked at their pages now; and whether it looks
    // again by itself.
    void beat(lb_time now);
    void set_asleep(bool asleep);

    bool has(const module_id &module) const { return _records.count(module) > 0; }
    // For operators.
    size_t modules() const { return _records.size(); }

private:
    struct record {
        uint32_t place;
        uint32_t index_slot;
        uint32_t hosts;  // that the place was taken for
    };

    local::record_header *at(uint32_t place) const;
    void write(uint32_t place, const module_id &module,
               const std::vector<load_balance::shown_host> &hosts, bool is_course);
    void clear(uint32_t place);
    uint32_t add_to_index(const module_id &module, uint32_t place);
    void rebuild_index();

    local::part_header *_header;
    local::half_word *_index;
    char *_memory;
    uint32_t _slots;
    size_t _max_modules;
    size_t _removed = 0;  // slots that say so
    record_space _space;
    std::unordered_map<module_id, record, module_id_hash> _records;
};

}  // namespace lars
