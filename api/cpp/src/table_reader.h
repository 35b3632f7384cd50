// Reads an agent's table, which the agent goes on writing meanwhile: nothing here waits for it,
// and nothing that stands in the table is believed before it is checked. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "local_layout.h"

namespace lars {

class table_reader {
public:
    // A host as a record had it, one that can be called.
    struct host {
        uint64_t address = 0;  // pack(ip, port)
        uint32_t number = 0;
        uint32_t flags = 0;
        double share = 0;  // where it is chosen: one that a weighted_turn takes
        uint64_t since = 0;
    };
    struct copy {
        uint64_t version = 0;
        uint32_t flags = 0;
        std::vector<host> hosts;
    };
    enum class outcome {
        whole,  // the copy is of one version
        gone,   // the record is not, or no longer, that module's
        busy,   // it was changed again and again, or is not as it should be
    };

    // Reads the SIZE bytes at TABLE, which stay the caller's and outlive this. False if they are
    // no table that can be read; then WHY becomes the reason.
    bool begin(const void *table, size_t size, std::string &why);

    // The number that the agent has drawn at its start.
    uint64_t agent() const { return _agent; }
    const local::part_header &part(size_t owner) const { return *_parts[owner]; }

    // The record of a module of that owner; nullptr if the table has none.
    const local::record_header *find(size_t owner, uint64_t module) const;
    // Copies a record that find() has returned. TO is right only with whole.
    outcome read(size_t owner, const local::record_header &record, uint64_t module, copy &to) const;

private:
    const char *begin_of(size_t owner) const
    {
        return _table + local::MEMORY_PAGE + owner * _part_size;
    }
    size_t room_for_hosts(size_t owner, const local::record_header &record) const;

    const char *_table = nullptr;
    std::array<const local::part_header *, local::OWNERS> _parts{};
    size_t _part_size = 0;
    uint32_t _index_slots = 0;
    uint64_t _agent = 0;
};

}  // namespace lars
