// A module as a client knows it from the agent's table: its hosts as of the version of its
// record that was copied last, whose turn it is, and the cells where their calls are counted.
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "page_writer.h"
#include "short_text.h"
#include "table_reader.h"
#include "weighted_turn.h"
#include "word_map.h"

namespace lars {

class alignas(local::LINE) local_module {
public:
    // What a call of a host needs, in a line of memory.
    struct alignas(local::LINE) host {
        std::string ip;  // as text, short enough to be assigned without allocating
        int port = 0;
        uint32_t flags = 0;
        uint64_t since = 0;
        page_writer::place counted;
    };
    static_assert(sizeof(host) == local::LINE);

    // Its turn begins after the host with the address BEFORE, or where SEED decides.
    local_module(uint64_t module, size_t owner, uint32_t seed, uint64_t before)
        : _module(module), _owner(static_cast<uint8_t>(owner)), _turn(seed), _before(before)
    {
    }

    uint64_t module() const { return _module; }
    size_t owner() const { return _owner; }

    // The record of which it has the hosts, if it has been found.
    const local::record_header *record() const { return _record; }
    void set_record(const local::record_header *record) { _record = record; }
    // Of the copy; odd, as no copy's is, until there was one.
    uint64_t version() const { return _version; }
    // Whether there was a copy, and all of its hosts have cells.
    bool is_whole() const { return _whole; }

    // How many of its hosts are in the record.
    size_t listed() const;

    // Takes the hosts of a copy of its record; the turn goes on with those that stay. New hosts
    // get cells in PAGE. False if that is full: some of the hosts are missing then.
    bool update(const table_reader::copy &copy, page_writer &page);

    // Chooses the host to call next. With an OFFER for that PAGE which was not taken before, that
    // is the one offered. The choice is counted. nullptr if there is none to choose from.
    const host *choose(uint64_t offer, uint16_t page)
    {
        if (offer != 0 && local::offer_page(offer) == page &&
            local::offer_number(offer) != _last_offer) {
            if (const host *offered = take_offer(offer))
                return offered;
        }
        if (_waiting == 0)
            return nullptr;
        _last_chosen = _turn.next();
        host &chosen = _hosts[_last_chosen];
        count_choice(chosen);
        return &chosen;
    }
    // Where the turn is empty and the policy is course, the choice finds nothing, and counts:
    // probes come by choices. Returns the host that it counts with, or nullptr elsewhere.
    const host *count_refusal();

    // The host with that address, of those it has or has had; nullptr if there is none.
    const host *find(const std::string &ip, int port) const
    {
        if (_last_chosen < _hosts.size()) {
            const host &last = _hosts[_last_chosen];
            if (last.port == port && is_same(last.ip, ip))
                return &last;
        }
        return look_up(ip, port);
    }

    // Counts a call of one of its hosts that has ended now, which is not before EARLIER.
    static void count_call(const host &called, bool success, uint32_t timecost_ms,
                           uint64_t earlier);

private:
    static void count_choice(host &chosen)
    {
        chosen.counted.cell->counted[local::CHOICES].store(++chosen.counted.choices,
                                                           std::memory_order_relaxed);
    }
    const host *take_offer(uint64_t offer);
    const host *look_up(const std::string &ip, int port) const;
    void set_turn(uint32_t index);
    void begin_turn();
    bool add_host(uint64_t address, page_writer &page);
    bool update_host(const table_reader::host &from, page_writer &page);

    // What else is known of a host, for when the record changes.
    struct listing {
        uint64_t address = 0;
        double share = 0;     // as the record has it
        double in_turn = 0;   // its share there; 0: it is not in the turn
        uint32_t number = 0;  // the agent's
        bool listed = false;  // in the record
    };

    // What each choice needs fills the first line of memory, and what it writes the second.
    const local::record_header *_record = nullptr;
    uint64_t _version = 1;
    uint64_t _module;
    std::vector<host> _hosts;  // all that there have been; an index is a slot of the turn
    uint32_t _last_offer = 0;
    uint32_t _waiting = 0;  // how many are in the turn
    uint8_t _owner;
    bool _whole = false;
    alignas(local::LINE) uint32_t _last_chosen = 0;  // in _hosts
    weighted_turn _turn;
    uint64_t _before;  // the host; 0 once the turn has begun
    uint32_t _flags = 0;
    std::vector<listing> _listings;  // by the same index as _hosts
    word_map _index;                 // from an address to that index
};

}  // namespace lars
