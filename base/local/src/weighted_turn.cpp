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

// Whether A's turn comes after B's.
bool weighted_turn::is_later(const place &a, const place &b)
{
    return static_cast<int64_t>(a.when - b.when) > 0;
}

// A random part of a stride.
uint64_t weighted_turn::within(uint64_t stride)
{
    return static_cast<uint64_t>(std::generate_canonical<double, 53>(_random) *
                                 static_cast<double>(stride));
}

// Before a change: what has been kept in the heap goes back to the hosts.
void weighted_turn::leave_order()
{
    if (!_in_order)
        return;
    if (_equal)
        count_rounds();
    for (const place &waits : _waiting)
        _hosts[waits.host].when = waits.when;
    _in_order = false;
}

// With equal shares: where those stand who have had their turn so often.
void weighted_turn::count_rounds()
{
    for (uint32_t i = 0; i < _size; ++i)
        _waiting[i].when += (_rounds + (i < _at ? 1 : 0)) * _waiting[i].stride;
    if (_rounds > 0 || _at > 0) {
        const place &last = _waiting[(_at + _size - 1) % _size];
        _now = last.when - last.stride;
    }
    _rounds = _at = 0;
}

void weighted_turn::add(host_slot host, double share)
{
    leave_order();
    if (host >= _hosts.size()) {
        _hosts.resize(host + 1);
        _waiting.reserve(_hosts.capacity());
    }
    assert(_hosts[host].share == 0 && share > 0);
    const uint64_t stride = stride_of(share);
    _hosts[host] = {_now + within(stride), stride, share};
}

void weighted_turn::remove(host_slot host)
{
    assert(_hosts[host].share > 0);
    leave_order();
    _hosts[host] = {};
}

void weighted_turn::set_share(host_slot host, double share)
{
    leave_order();
    entry &changed = _hosts[host];
    assert(changed.share > 0 && share > 0);
    const uint64_t stride = stride_of(share);
    // What it has waited for its next turn is kept.
    const double left = static_cast<double>(changed.when - _now) /
                        static_cast<double>(changed.stride) * static_cast<double>(stride);
    changed = {_now + static_cast<uint64_t>(left), stride, share};
}

void weighted_turn::bring_in_order()
{
    if (!_begun)
        begin_anywhere();
    _waiting.clear();
    for (host_slot host = 0; host < _hosts.size(); ++host) {
        if (_hosts[host].share > 0)
            _waiting.push_back({_hosts[host].when, _hosts[host].stride, host});
    }
    assert(!_waiting.empty());
    const auto is_other = [this](const place &waits) {
        return waits.stride != _waiting.front().stride;
    };
    _equal = std::none_of(_waiting.begin(), _waiting.end(), is_other);
    _size = static_cast<uint32_t>(_waiting.size());
    if (_equal)
        std::sort(_waiting.begin(), _waiting.end(),
                  [](const place &a, const place &b) { return is_later(b, a); });
    else
        std::make_heap(_waiting.begin(), _waiting.end(), is_later);
    _next = _waiting.front().host;
    _in_order = true;
}

// Puts the turn somewhere in the middle of it: of many turns that begin, each choice, also
// the first, goes to a host as often as its share says. Which one comes first is drawn by
// the shares.
void weighted_turn::begin_anywhere()
{
    double drawn = std::generate_canonical<double, 53>(_random) * total_share();
    host_slot first = 0;
    for (host_slot host = 0; host < _hosts.size() && drawn >= 0; ++host) {
        if (_hosts[host].share > 0)
            first = host;
        drawn -= _hosts[host].share;
    }
    begin_with(first);
}

// That host comes first, and where it leaves the others is without any order.
void weighted_turn::begin_with(host_slot first)
{
    _begun = true;
    for (host_slot host = 0; host < _hosts.size(); ++host) {
        entry &e = _hosts[host];
        if (e.share > 0)
            e.when = _now + (host == first ? 0 : 1 + within(e.stride));
    }
}

void weighted_turn::begin_after(host_slot host)
{
    assert(!_begun && _hosts[host].share > 0);
    begin_with(host);
    _hosts[host].when += _hosts[host].stride;
}

host_slot weighted_turn::next_of_heap()
{
    place &first = _waiting.front();
    const host_slot chosen = first.host;
    _now = first.when;
    first.when += first.stride;
    sink_first();
    return chosen;
}

// Brings the first of the heap, which waits longer now, to where it belongs.
void weighted_turn::sink_first()
{
    const place sinking = _waiting.front();
    size_t at = 0;
    for (size_t child = 1; child < _waiting.size(); child = 2 * at + 1) {
        if (child + 1 < _waiting.size() && is_later(_waiting[child], _waiting[child + 1]))
            ++child;
        if (!is_later(sinking, _waiting[child]))
            break;
        _waiting[at] = _waiting[child];
        at = child;
    }
    _waiting[at] = sinking;
}

double weighted_turn::total_share() const
{
    double total = 0;
    for (const entry &e : _hosts)
        total += e.share;
    return total;
}

double weighted_turn::part_of(host_slot host) const
{
    return host < _hosts.size() && _hosts[host].share > 0 ? _hosts[host].share / total_share() : 0;
}

}  // namespace lars
