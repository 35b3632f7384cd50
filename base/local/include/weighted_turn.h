// The turn of a module's idle hosts: each is chosen as often as its share says, and as
// evenly as can be. Equal shares are a plain turn.
//
// This is stride scheduling (Waldspurger and Weihl, 1995): each host stands at a point of
// a virtual time, the earliest is chosen, and moves on by one over its share. Where
// the shares are as 1:2:5, each 8 choices in a row are exactly 1, 2 and 5.
//
// Choosing takes the logarithm of the number of hosts, with equal shares one step, and no
// memory. The first choice after
// changes of hosts or shares takes the number of hosts, however many changes there were.
// One thread.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace lars {

// The number of a host within its module. Numbers are small, and that of a host that has
// left is given to another one.
using host_slot = uint32_t;

class weighted_turn {
public:
    // SEED decides where the turn begins.
    explicit weighted_turn(uint32_t seed) : _random(seed) {}

    // A host that is not in the turn enters it; where, chance decides. SHARE is above 0,
    // and means something only beside those of others: 1e-3 to 1e10.
    void add(host_slot host, double share);
    // A host of the turn leaves it; gets another share. The others stay where they are.
    void remove(host_slot host);
    void set_share(host_slot host, double share);

    // Before the first choice: the turn begins as if that HOST of it had just been chosen.
    void begin_after(host_slot host);

    // Chooses the next host. There is one.
    host_slot next()
    {
        if (!_in_order)
            bring_in_order();
        if (!_equal)
            return next_of_heap();
        const host_slot chosen = _next;
        if (++_at == _size) {
            _at = 0;
            ++_rounds;
        }
        _next = _waiting[_at].host;
        return chosen;
    }

    // The part of the choices that a host of the turn gets: 0 to 1.
    double part_of(host_slot host) const;

private:
    struct entry {
        uint64_t when = 0;  // in virtual time, which may wrap; while in order, the place's counts
        uint64_t stride = 0;
        double share = 0;  // 0: the host is not in the turn
    };

    // What choosing needs of a host, together in memory.
    struct place {
        uint64_t when = 0;
        uint64_t stride = 0;
        host_slot host = 0;
    };

    double total_share() const;
    void leave_order();
    void count_rounds();
    uint64_t within(uint64_t stride);
    void begin_anywhere();
    void begin_with(host_slot first);
    void bring_in_order();
    host_slot next_of_heap();
    void sink_first();
    static bool is_later(const place &a, const place &b);

    std::vector<place> _waiting;  // a heap of those in the turn, the earliest first
    // With equal shares it is no heap, but in the order of the turn. Then nothing in it is
    // written by a choice, only who is the next, and how often all have had their turn.
    uint32_t _at = 0;
    uint32_t _size = 0;      // of _waiting
    host_slot _next = 0;     // that at _at: known without waiting for the memory of the others
    bool _in_order = false;  // whether all that is as it should be, after changes
    bool _equal = false;
    bool _begun = false;
    uint64_t _rounds = 0;
    uint64_t _now = 0;  // where the host chosen last stood
    std::minstd_rand _random;
    std::vector<entry> _hosts;  // by slot
};

}  // namespace lars
