#include "weighted_turn.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lars {

// How far a host with share 1 moves on. The least share moves on by less than 2^53, and
// the greatest by more than a thousand, so that rounding is no matter.
static constexpr double VIRTUAL_SECOND = 4398046511104.0;  // 2^42

static uint64_t stride_of(double share)
{
    return static_cast<uint64_t>(std::clamp(std::round(VIRTUAL_SECOND / share), 1.0, 9e15));
}

struct weighted_turn::later {
    bool operator()(const entry &a, const entry &b) const
    {
        return static_cast<int64_t>(a.when - b.when) > 0;
    }
};

weighted_turn::entry &weighted_turn::find(host_slot host)
{
    const auto found = std::find_if(_waiting.begin(), _waiting.end(),
                                    [host](const entry &e) { return e.host == host; });
    assert(found != _waiting.end());
    return *found;
}

// A random part of a stride.
uint64_t weighted_turn::within(uint64_t stride)
{
    return static_cast<uint64_t>(std::generate_canonical<double, 53>(_random) *
                                 static_cast<double>(stride));
}

void weighted_turn::add(host_slot host, double share)
{
    const uint64_t stride = stride_of(share);
    _waiting.push_back({_now + within(stride), stride, share, host});
    std::push_heap(_waiting.begin(), _waiting.end(), later());
}

void weighted_turn::remove(host_slot host)
{
    find(host) = _waiting.back();
    _waiting.pop_back();
    std::make_heap(_waiting.begin(), _waiting.end(), later());
}

void weighted_turn::set_share(host_slot host, double share)
{
    entry &changed = find(host);
    const uint64_t stride = stride_of(share);
    // What it has waited for its next turn is kept.
    const double left = static_cast<double>(changed.when - _now) /
                        static_cast<double>(changed.stride) * static_cast<double>(stride);
    changed.when = _now + static_cast<uint64_t>(left);
    changed.stride = stride;
    changed.share = share;
    std::make_heap(_waiting.begin(), _waiting.end(), later());
}

// Puts the turn where a choice somewhere in the middle of it has just been made: of many
// turns that begin, each choice, also the first, goes to a host as often as its share
// says. Which one comes first is drawn by the shares, and where it leaves the others is
// without any order.
void weighted_turn::begin_anywhere()
{
    _begun = true;
    double drawn = std::generate_canonical<double, 53>(_random) * total_share();
    bool first_found = false;
    for (entry &e : _waiting) {
        drawn -= e.share;
        const bool first = !first_found && drawn < 0;
        first_found = first_found || first;
        e.when = _now + (first ? 0 : 1 + within(e.stride));
    }
    std::make_heap(_waiting.begin(), _waiting.end(), later());
}

host_slot weighted_turn::next()
{
    assert(!_waiting.empty());
    if (!_begun)
        begin_anywhere();
    std::pop_heap(_waiting.begin(), _waiting.end(), later());
    entry &chosen = _waiting.back();
    _now = chosen.when;
    const host_slot host = chosen.host;
    chosen.when += chosen.stride;
    std::push_heap(_waiting.begin(), _waiting.end(), later());
    return host;
}

double weighted_turn::total_share() const
{
    double total = 0;
    for (const entry &e : _waiting)
        total += e.share;
    return total;
}

double weighted_turn::part_of(host_slot host) const
{
    for (const entry &e : _waiting) {
        if (e.host == host)
            return e.share / total_share();
    }
    return 0;
}

}  // namespace lars
