#include "local_session.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "coarse_clock.h"
#include "short_text.h"
#include "wire_rules.h"

namespace lars {

static constexpr uint64_t WAKING_PAUSE = 5 * MILLISECOND;
// An owner that is awake and does not look at the pages for so long is away.
static constexpr uint64_t LONGEST_SILENCE = SECOND;

static constexpr int TABLE_SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE;
static constexpr int PAGE_SEALS = F_SEAL_SHRINK | F_SEAL_GROW;

// A number that has nothing of the order of those it is made of (splitmix64).
static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

bool local_session::begin(local_meeting::gifts gifts, std::string &why)
{
    std::string fault;
    if (!_table_memory.map(gifts.table.get(), TABLE_SEALS, false, fault) ||
        !_table.begin(_table_memory.data(), _table_memory.size(), fault)) {
        why = "the agent's table " + fault;
        return false;
    }
    if (!_page_memory.map(gifts.page.get(), PAGE_SEALS, true, fault) ||
        !_page.begin(_page_memory.data(), _page_memory.size(), fault)) {
        why = "the page from the agent " + fault;
        return false;
    }
    _connection = std::move(gifts.connection);
    return true;
}

// The next call that would wake them may never come.
void local_session::take_over(const local_session &old)
{
    _page.take_over(old._page);
    if (_page.cells() == 0)
        return;
    for (size_t owner = 0; owner < local::OWNERS; ++owner)
        wake(owner, coarse_time());
}

static size_t owner_of(uint64_t module)
{
    return agent_port_of(static_cast<int32_t>(local::high_half(module)),
                         static_cast<int32_t>(local::low_half(module)));
}

local_module *local_session::add_module(uint64_t key)
{
    const size_t owner = owner_of(key);
    const local::record_header *record = _table.find(owner, key);
    if (!record)
        return nullptr;
    const auto seed = static_cast<uint32_t>(mixed(_seed ^ mixed(key)));
    const uint64_t before = _elsewhere.module == key ? _elsewhere.host : 0;
    _index.add(key);
    _modules.emplace_back(key, owner, seed, before);
    _modules.back().set_record(record);
    return &_modules.back();
}

// A report is often of the module that was chosen last.
inline local_module *local_session::look_up(uint64_t key)
{
    if (_last && _last->module() == key)
        return _last;
    const uint32_t index = _index.find(key);
    _last = index == word_map::NONE ? add_module(key) : &_modules[index];
    return _last;
}

// The module, as its record is now; nullptr with WHY if there is none to be had.
inline local_module *local_session::find(uint64_t key, outcome &why)
{
    local_module *module = look_up(key);
    why = module ? bring_up_to_date(*module) : outcome::not_in_table;
    return why == outcome::done ? module : nullptr;
}

inline local_session::outcome local_session::bring_up_to_date(local_module &module)
{
    const local::record_header *record = module.record();
    if (record && record->version.load(std::memory_order_acquire) == module.version())
        return module.is_whole() ? outcome::done : outcome::no_room;
    return copy_record(module);
}

local_session::outcome local_session::copy_record(local_module &module)
{
    // A record that is gone may have come back elsewhere.
    for (int tries = 0; tries < 2; ++tries) {
        if (!module.record())
            module.set_record(_table.find(module.owner(), module.module()));
        if (!module.record())
            return outcome::not_in_table;
        switch (_table.read(module.owner(), *module.record(), module.module(), _copied)) {
        case table_reader::outcome::whole:
            if (module.update(_copied, _page))
                return outcome::done;
            _worn_out = is_mostly_old();
            return outcome::no_room;
        case table_reader::outcome::busy:
            return module.is_whole() ? outcome::done : outcome::no_room;
        case table_reader::outcome::gone: module.set_record(nullptr);
        }
    }
    return outcome::not_in_table;
}

bool local_session::is_mostly_old() const
{
    size_t listed = 0;
    for (const local_module &module : _modules)
        listed += module.listed();
    return listed < _page.cells() / 2;
}

local_session::outcome local_session::choose(uint64_t key, std::string &ip, int &port)
{
    outcome why = outcome::done;
    local_module *module = find(key, why);
    if (!module)
        return why;
    const local_module::host *chosen =
        module->choose(module->record()->offer.load(std::memory_order_relaxed), _page.number());
    if (!chosen) {
        const local_module::host *refused = module->count_refusal();
        if (!refused)
            return outcome::no_room;
        show_choice(*module, *refused);
        return outcome::overload;
    }
    assign(ip, chosen->ip);
    port = chosen->port;
    show_choice(*module, *chosen);
    return outcome::done;
}

local_session::outcome local_session::report(uint64_t key, const std::string &ip, int port,
                                             bool success, uint32_t timecost_ms)
{
    outcome why = outcome::done;
    const local_module *module = find(key, why);
    if (!module)
        return why;
    const local_module::host *called = module->find(ip, port);
    if (!called)
        return outcome::no_room;
    local_module::count_call(*called, success, timecost_ms, _chosen);
    show_report(*module, *called);
    return outcome::done;
}

// An owner says that it sleeps, and looks at the pages once more after that. So this is to be
// asked when the count is written, not before.
static inline bool sleeps(const local::part_header &part)
{
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return part.asleep.load(std::memory_order_relaxed) == 1;
}

// Something was counted: the owner has to learn it. One that sleeps writes each change at once.
inline void local_session::show_choice(const local_module &module, const local_module::host &chosen)
{
    const size_t owner = module.owner();
    const local::part_header &part = _table.part(owner);
    const bool up_to_date = part.asleep.load(std::memory_order_relaxed) == 1;
    const uint64_t heartbeat = part.heartbeat.load(std::memory_order_relaxed);
    _chosen = coarse_time();
    _page.note_choice(owner, _chosen, up_to_date ? _chosen : heartbeat);
    _page.note_count(owner, chosen.counted.block);
    if (sleeps(part))
        wake(owner, _chosen);
    else
        _suspect = heartbeat + LONGEST_SILENCE < _chosen || !_connection.is_open();
}

inline void local_session::show_report(const local_module &module, const local_module::host &called)
{
    const size_t owner = module.owner();
    _page.note_count(owner, called.counted.block);
    if (sleeps(_table.part(owner)))
        wake(owner, coarse_time());
}

void local_session::wake(size_t owner, uint64_t now)
{
    waking &state = _waking[owner];
    _suspect = is_silent(owner, now) || !_connection.is_open();
    if (now - state.last < WAKING_PAUSE || !_connection.is_open())
        return;
    // If it has looked since, it has fallen asleep again.
    if (_table.part(owner).heartbeat.load(std::memory_order_relaxed) >= state.unanswered)
        state.unanswered = now;
    state.last = now;
    const char byte = static_cast<char>(owner);
    const ssize_t sent = ::send(_connection.get(), &byte, sizeof byte, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        _connection.close();
        _suspect = true;
    }
}

// Whether the owner does not look at the pages, although it should.
bool local_session::is_silent(size_t owner, uint64_t now) const
{
    const local::part_header &part = _table.part(owner);
    const uint64_t heartbeat = part.heartbeat.load(std::memory_order_relaxed);
    if (part.asleep.load(std::memory_order_relaxed) != 1)
        return heartbeat + LONGEST_SILENCE < now;
    const uint64_t woken = _waking[owner].unanswered;
    return woken != 0 && heartbeat < woken && woken + LONGEST_SILENCE < now;
}

bool local_session::is_alive(uint64_t now)
{
    if (!is_connected())
        return false;
    for (size_t owner = 0; owner < local::OWNERS; ++owner) {
        if (is_silent(owner, now))
            return false;
    }
    return true;
}

uint64_t local_session::last_heartbeat() const
{
    uint64_t last = 0;
    for (size_t owner = 0; owner < local::OWNERS; ++owner)
        last = std::max(last, _table.part(owner).heartbeat.load(std::memory_order_relaxed));
    return last;
}

bool local_session::is_connected()
{
    if (!_connection.is_open())
        return false;
    char byte = 0;
    const ssize_t size = ::recv(_connection.get(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    // The agent says nothing more: it has ended the connection, or is out of its mind.
    _connection.close();
    _suspect = true;
    return false;
}

}  // namespace lars
