// Writes a table as an agent does: what a test wants clients to read. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "local_layout.h"

namespace lars::test {

struct table_host {
    uint32_t ip = 0;
    uint32_t port = 0;
    double share = 1;
    uint32_t flags = local::HOST_CHOSEN;
    uint64_t since = 0;
};

// In memory that is all zeros.
class table_writer {
public:
    static constexpr uint32_t SLOTS = 4096;
    static constexpr size_t PART_SIZE = 2 << 20;
    static constexpr size_t SIZE = local::MEMORY_PAGE + local::OWNERS * PART_SIZE;
    static constexpr size_t RECORD_HOSTS = 8;  // the room in each record

    table_writer(char *memory, uint64_t agent);

    local::table_header &header() const;
    local::part_header &part(size_t owner) const;
    local::record_header *find(int modid, int cmdid) const;
    // Writes the module's record, a new one where it has none; a host's number is its place.
    void write(int modid, int cmdid, const std::vector<table_host> &hosts, uint32_t flags = 0);
    // Takes the module out of the table, as if it had never been there but for its record.
    void remove(int modid, int cmdid);
    void offer(int modid, int cmdid, uint32_t number, uint16_t page, uint16_t host);
    // Says of all owners that they look at the pages; or that they sleep.
    void beat(uint64_t time, uint32_t asleep);

private:
    local::half_word *slot(int modid, int cmdid, bool to_add) const;

    char *_memory;
    uint32_t _next_line[local::OWNERS];
};

}  // namespace lars::test
