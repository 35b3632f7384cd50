// What an agent and its clients have in common in memory: the table, which the agent writes
// and all clients read, and a page for each client, which that client writes and the agent
// reads. docs/local.md draws both, and says why no half change is ever seen.
//
// Everything here is words of fixed size at fixed places, in the machine's own byte order:
// both sides run on one machine. Whoever reads what the other side writes checks it after
// he has copied it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lars::local {

// Another layout has another number, and then the two do not meet.
constexpr uint32_t LAYOUT_VERSION = 1;
constexpr uint64_t TABLE_MAGIC = 0x3142541a5352414c;  // "LARS", SUB, "TB1"
constexpr uint64_t PAGE_MAGIC = 0x3147501a5352414c;   // "LARS", SUB, "PG1"

using word = std::atomic<uint64_t>;
using half_word = std::atomic<uint32_t>;
static_assert(word::is_always_lock_free && half_word::is_always_lock_free && sizeof(word) == 8 &&
                  sizeof(half_word) == 4,
              "they lie in memory that two processes share");

constexpr size_t MEMORY_PAGE = 4096;
constexpr size_t LINE = 64;  // bytes of a cache line
// The threads of the agent that own modules: agent_port_of() in wire_rules.h says which one
// owns a module.
constexpr size_t OWNERS = 3;

// Both ids of a module, or address and port of a host, as one word.
constexpr uint64_t pack(uint32_t high, uint32_t low)
{
    return uint64_t{high} << 32 | low;
}
constexpr uint32_t high_half(uint64_t packed)
{
    return static_cast<uint32_t>(packed >> 32);
}
constexpr uint32_t low_half(uint64_t packed)
{
    return static_cast<uint32_t>(packed);
}

// The table begins with this, in a memory page of its own. A part for each owner follows.
struct table_header {
    uint64_t magic;
    uint32_t version;
    uint32_t index_slots;  // of each part; a power of two
    uint64_t part_size;    // bytes, whole memory pages
    uint64_t agent;        // a number that each start of an agent draws anew
};

// Where a part begins: what its owner says of itself, in a memory page of its own. The index
// follows, half_word[index_slots], and from the next whole line on the records.
struct part_header {
    word heartbeat;  // CLOCK_MONOTONIC in ns: when the owner last looked at the pages
    word asleep;     // 1: it looks at them when it is woken
};

// What the index says in a slot: where a module's record begins, in lines from the beginning
// of the part; or one of these.
constexpr uint32_t SLOT_FREE = 0;
constexpr uint32_t SLOT_REMOVED = 1;  // a search goes on behind it

// In which of the SLOTS, a power of two, the search for a module begins. It goes on slot by
// slot, from the last to the first, and ends at a free one or after all of them.
constexpr uint32_t first_slot_of(uint64_t module, uint32_t slots)
{
    const uint64_t mixed = (module ^ module >> 32) * 0x9e3779b97f4a7c15;
    return static_cast<uint32_t>(mixed >> 32) & (slots - 1);
}

// Where the records of a part may begin, in bytes from its beginning.
constexpr size_t records_begin(uint32_t index_slots)
{
    return (MEMORY_PAGE + index_slots * sizeof(uint32_t) + LINE - 1) / LINE * LINE;
}

// A module's record: this, and a host_entry for each host. VERSION is odd while the rest is
// being changed, but for OFFER, which stands for itself. It never goes back, also where the
// memory comes to hold another module's record.
struct record_header {
    word version;
    word offer;
    word module;  // pack(modid, cmdid); the record of no module has no hosts
    word shape;   // pack(flags, hosts)
};
constexpr uint32_t POLICY_IS_COURSE = 1;  // a flag: where no host is chosen from, none is

struct host_entry {
    word address;  // pack(ip, port), ip in host order
    word state;    // pack(its number within the module, flags)
    word share;    // a double: of the choices, against those of the others
    word since;    // CLOCK_MONOTONIC in ns: when its state began
};
constexpr uint32_t HOST_OVERLOADED = 1;
constexpr uint32_t HOST_CHOSEN = 2;  // its share counts: idle, or all hosts are chosen from

// An offer: pack(number, page << 16 | host). The client with that page may call that host,
// which is set aside, as a probe. A number is not used twice in 2^32. 0: there is none.
constexpr uint64_t pack_offer(uint32_t number, uint16_t page, uint16_t host)
{
    return pack(number, uint32_t{page} << 16 | host);
}
constexpr uint32_t offer_number(uint64_t offer)
{
    return high_half(offer);
}
constexpr uint16_t offer_page(uint64_t offer)
{
    return static_cast<uint16_t>(low_half(offer) >> 16);
}
constexpr uint16_t offer_host(uint64_t offer)
{
    return static_cast<uint16_t>(low_half(offer));
}
constexpr size_t MAX_RECORD_HOSTS = 4095;  // a module with more is asked for by UDP

// What a client counts of a host. Each counter goes on from what it was, and may wrap.
enum counter : uint32_t {
    CHOICES,
    PROBES,  // of the choices, those that took an offer
    // The calls reported, by what the host was in the table: idle, or set aside; and
    // apart those that had begun before it was that.
    SUCCESSES,
    FAILURES,
    PROBE_SUCCESSES,
    PROBE_FAILURES,
    LATE_SUCCESSES,
    LATE_FAILURES,
    FAILURE_WEIGHT,  // of FAILURES and PROBE_FAILURES, as policy course weighs them
    // No counters. The calls with the same outcome up to the last one that is not late, as
    // an int32_t: successes above 0, failures below.
    RUN,
    PROBE_NUMBER,  // of the last offer that was taken for the host
    COUNTERS,
};

// A client's counters for one host of one module, in a line that the client alone writes;
// and in the next line how far the agent has taken them over, which the agent alone writes,
// so that a client can hand what is left to another agent.
struct alignas(LINE) cell {
    word module;  // pack(modid, cmdid)
    word host;    // pack(ip, port)
    half_word counted[COUNTERS];
    half_word unused;
    alignas(LINE) half_word taken[COUNTERS];
};
static_assert(sizeof(cell) == 2 * LINE);

// The cells of one owner's modules, as many as fit a memory page. The client sets OWNER
// before it counts the first cell in CELLS_USED, and a cell's module and host before it
// counts that cell; they never change.
constexpr size_t CELLS_PER_BLOCK = 31;
struct alignas(LINE) cell_block {
    half_word owner;
    half_word cells_used;
    cell cells[CELLS_PER_BLOCK];
    char unused[MEMORY_PAGE - LINE - CELLS_PER_BLOCK * sizeof(cell)];
};
static_assert(sizeof(cell_block) == MEMORY_PAGE);

// A client's page begins with this; the blocks follow. A client that has counted in a cell
// moves on the ACTIVITY of its block, and then of its owner: one that has not moved says
// that there is nothing new.
constexpr size_t MAX_BLOCKS = 512;
struct alignas(LINE) page_header {
    uint64_t magic;
    uint32_t version;
    uint32_t number;        // which page this is, for offers
    uint32_t blocks;        // how many follow; at most MAX_BLOCKS
    half_word blocks_used;  // the client takes them in turn
    // Each owner has a line of his own, which the client moves on.
    struct alignas(LINE) owner_line {
        half_word activity;
        half_word unused;
        word last_choice;  // CLOCK_MONOTONIC in ns, coarsely: the client's last one
        word seen;         // the heartbeat that it saw then
    };
    owner_line owners[OWNERS];
    alignas(LINE) half_word block_activity[MAX_BLOCKS];
};
static_assert(sizeof(page_header) <= MEMORY_PAGE);

constexpr size_t page_size(size_t blocks)
{
    return MEMORY_PAGE + blocks * sizeof(cell_block);
}

// How two meet: the client connects, and says a greeting; the agent answers with a greeting,
// and with the descriptors of table and page where OUTCOME is MET, in this order. From then
// on each byte of the client wakes an owner, whose number it is; the agent says nothing more,
// and the end of the connection is the end of the page.
constexpr uint64_t GREETING_MAGIC = 0x3148431a5352414c;  // "LARS", SUB, "CH1"
enum outcome : uint32_t {
    MET,
    OTHER_VERSION,     // of the layout; the agent's is in VERSION
    TOO_MANY_CLIENTS,  // there are as many as are allowed
    OUT_OF_MEMORY,     // or descriptors
};
struct greeting {
    uint64_t magic;
    uint32_t version;
    uint32_t outcome;  // in the client's: 0
};
static_assert(sizeof(greeting) == 16);

}  // namespace lars::local
