#include "local_module.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "coarse_clock.h"

namespace lars {

// How long a call may have taken and be known as one from before a change of state.
static constexpr uint32_t LONGEST_CALL_MS = 60000;
// How the policy course weighs a failure.
static constexpr uint32_t WEIGHT_UNIT_MS = 100, GREATEST_WEIGHT = 50;

static std::string text_of(uint32_t ip)
{
    in_addr address{};
    address.s_addr = htonl(ip);
    char text[INET_ADDRSTRLEN];
    return inet_ntop(AF_INET, &address, text, sizeof text) ? text : "";
}

// One thread writes it.
static void add(local::cell &to, local::counter which, uint32_t what = 1)
{
    local::half_word &count = to.counted[which];
    count.store(count.load(std::memory_order_relaxed) + what, std::memory_order_relaxed);
}

bool local_module::update(const table_reader::copy &copy, page_writer &page)
{
    _version = copy.version;
    _flags = copy.flags;
    for (listing &known : _listings)
        known.listed = false;
    if (_hosts.empty()) {
        _hosts.reserve(copy.hosts.size());
        _listings.reserve(copy.hosts.size());
    }
    _whole = true;
    for (const table_reader::host &from : copy.hosts)
        _whole = update_host(from, page) && _whole;
    for (uint32_t index = 0; index < _hosts.size(); ++index)
        set_turn(index);
    begin_turn();
    return _whole;
}

size_t local_module::listed() const
{
    return static_cast<size_t>(std::count_if(_listings.begin(), _listings.end(),
                                             [](const listing &known) { return known.listed; }));
}

void local_module::begin_turn()
{
    const uint32_t before = _index.find(_before);
    if (before != word_map::NONE && _listings[before].in_turn > 0)
        _turn.begin_after(before);
    _before = 0;
}

// Adds a host that there was not before. False if there is no cell for it.
bool local_module::add_host(uint64_t address, page_writer &page)
{
    host added;
    if (!page.add_cell(_owner, _module, address, &added.counted))
        return false;
    added.ip = text_of(local::high_half(address));
    added.port = static_cast<int>(local::low_half(address));
    _index.add(address);
    _hosts.push_back(std::move(added));
    _listings.emplace_back();
    _listings.back().address = address;
    return true;
}

bool local_module::update_host(const table_reader::host &from, page_writer &page)
{
    if (_index.find(from.address) == word_map::NONE && !add_host(from.address, page))
        return false;
    const uint32_t index = _index.find(from.address);
    _hosts[index].flags = from.flags;
    _hosts[index].since = from.since;
    listing &known = _listings[index];
    known.listed = true;
    known.number = from.number;
    known.share = from.share;
    return true;
}

// Brings the host into the turn, or out of it, as the record says.
void local_module::set_turn(uint32_t index)
{
    host &of_call = _hosts[index];
    listing &known = _listings[index];
    if (!known.listed) {
        of_call.flags = 0;
        of_call.since = 0;
    }
    const double wanted = (of_call.flags & local::HOST_CHOSEN) != 0 ? known.share : 0;
    if (wanted == known.in_turn)
        return;
    if (known.in_turn == 0) {
        _turn.add(index, wanted);
        ++_waiting;
    } else if (wanted == 0) {
        _turn.remove(index);
        --_waiting;
    } else {
        _turn.set_share(index, wanted);
    }
    known.in_turn = wanted;
}

const local_module::host *local_module::count_refusal()
{
    if ((_flags & local::POLICY_IS_COURSE) == 0 || _hosts.empty())
        return nullptr;
    const auto listed = std::find_if(_listings.begin(), _listings.end(),
                                     [](const listing &known) { return known.listed; });
    if (listed == _listings.end())
        return nullptr;
    host &counted = _hosts[static_cast<size_t>(listed - _listings.begin())];
    count_choice(counted);
    return &counted;
}

// An offer may be of another version than the copy. One of a host that is not set aside in it
// is left alone.
const local_module::host *local_module::take_offer(uint64_t offer)
{
    const auto is_offered = [this, offer](uint32_t index) {
        return _listings[index].listed && _listings[index].number == local::offer_host(offer) &&
               (_hosts[index].flags & local::HOST_OVERLOADED) != 0;
    };
    uint32_t index = 0;
    while (index < _hosts.size() && !is_offered(index))
        ++index;
    if (index == _hosts.size())
        return nullptr;
    _last_offer = local::offer_number(offer);
    _last_chosen = index;
    local::cell &cell = *_hosts[index].counted.cell;
    cell.counted[local::PROBE_NUMBER].store(_last_offer, std::memory_order_relaxed);
    count_choice(_hosts[index]);
    add(cell, local::PROBES);
    return &_hosts[index];
}

const local_module::host *local_module::look_up(const std::string &ip, int port) const
{
    in_addr address{};
    if (inet_pton(AF_INET, ip.c_str(), &address) != 1)
        return nullptr;
    const uint32_t index =
        _index.find(local::pack(ntohl(address.s_addr), static_cast<uint32_t>(port)));
    return index == word_map::NONE ? nullptr : &_hosts[index];
}

// The coarse time may be too early, and one that was read earlier is, by which a call would seem
// to have begun too early: where that could matter, a better one decides.
static bool is_late(uint64_t since, uint32_t timecost_ms, uint64_t earlier)
{
    if (timecost_ms == 0 || timecost_ms > LONGEST_CALL_MS)
        return false;
    const uint64_t limit = since + timecost_ms * MILLISECOND;  // a call that ends before is late
    if (earlier >= limit)
        return false;
    const uint64_t now = coarse_time();
    if (now >= limit || now + LONGEST_TICK < limit)
        return now < limit;
    return exact_time() < limit;
}

static void count_run(local::cell &to, bool success)
{
    const auto run = static_cast<int32_t>(to.counted[local::RUN].load(std::memory_order_relaxed));
    // It stays where it cannot grow.
    const int32_t longer =
        success ? std::max(run, 0) + (run < INT32_MAX) : std::min(run, 0) - (run > -INT32_MAX);
    to.counted[local::RUN].store(static_cast<uint32_t>(longer), std::memory_order_relaxed);
}

void local_module::count_call(const host &called, bool success, uint32_t timecost_ms,
                              uint64_t earlier)
{
    local::cell &to = *called.counted.cell;
    if (is_late(called.since, timecost_ms, earlier)) {
        add(to, success ? local::LATE_SUCCESSES : local::LATE_FAILURES);
        return;
    }
    if ((called.flags & local::HOST_OVERLOADED) != 0)
        add(to, success ? local::PROBE_SUCCESSES : local::PROBE_FAILURES);
    else
        add(to, success ? local::SUCCESSES : local::FAILURES);
    if (!success)
        add(to, local::FAILURE_WEIGHT,
            std::clamp(timecost_ms / WEIGHT_UNIT_MS, 1u, GREATEST_WEIGHT));
    count_run(to, success);
}

}  // namespace lars
