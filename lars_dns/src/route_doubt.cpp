#include "route_doubt.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace lars {

// A small table may well lose most of its modules.
static constexpr size_t SMALLEST_DOUBTED_TABLE = 10;

void route_doubt::remember_version(uint64_t version)
{
    _known_version = version;
    _highest_version = version;
}

std::optional<route_doubt::time_point> route_doubt::ends() const
{
    if (!_since)
        return std::nullopt;
    // Far enough away for any clock.
    return *_since + _patience;
}

// An empty table without a version is what a database looks like while it is loaded. Where
// an empty one is served there is nothing to lose.
bool route_doubt::is_suspicious(const route_table *served, const route_reader::result &found) const
{
    const bool loading = !found.version && found.complete && found.rows + found.bad_rows == 0;
    return found.version.value_or(0) < _known_version ||
           (loading && (!served || served->size() > 0));
}

route_doubt::table_ptr route_doubt::judge(const table_ptr &served,
                                          const route_reader::result &found, time_point now)
{
    const uint64_t version = found.version.value_or(0);
    const bool suspicious = is_suspicious(served.get(), found);
    if (!served && suspicious) {
        _reason = "RouteData is empty and RouteVersion has no row 1";
        return nullptr;
    }
    const auto end = ends();
    const bool over = found.complete &&
                      (found.accepted || !served || _patience.count() == 0 || (end && now >= *end));
    const bool had_kept = !_kept.empty();
    for (const module_id &module : found.named)
        _kept.erase(module);
    if (suspicious && _reason.empty())
        _reason = found.version ? "RouteVersion went back from " + std::to_string(_known_version) +
                                      " to " + std::to_string(version)
                                : "RouteVersion has no row 1 any more";
    if (found.complete && !over)
        keep_what_is_lost(*served, found);
    // Nothing is lacking, or no more.
    const bool in_order = _kept.empty() && (had_kept || !suspicious);
    if (over || in_order) {
        believe(version);
    } else {
        _since = _since.value_or(now);
        _known_version = std::max(_known_version, version);
    }
    const table_ptr next = with_kept(served, found);
    return std::make_shared<route_table>(next->with_version(answered_version(version)));
}

void route_doubt::believe(uint64_t version)
{
    _known_version = version;
    _kept.clear();
    _since.reset();
    _reason.clear();
}

void route_doubt::keep_what_is_lost(const route_table &served, const route_reader::result &found)
{
    std::set<module_id> lost;
    size_t newly_lost = 0;
    for (const module_id &module : route_table::difference(served, *found.table)) {
        const bool is_named = std::binary_search(found.named.begin(), found.named.end(), module);
        if (is_named || found.table->find(module))
            continue;
        lost.insert(module);
        newly_lost += _kept.count(module) == 0 ? 1 : 0;
    }
    const bool most_at_once =
        served.size() >= SMALLEST_DOUBTED_TABLE && newly_lost > served.size() / 2;
    if (newly_lost > 0 && (is_suspicious(&served, found) || most_at_once)) {
        if (_reason.empty())
            _reason = std::to_string(newly_lost) + " of " + std::to_string(served.size()) +
                      " modules are gone, and no RouteChange row names them";
        _kept = std::move(lost);
        return;
    }
    // Those that have come back are kept no more.
    for (auto module = _kept.begin(); module != _kept.end();)
        module = lost.count(*module) > 0 ? std::next(module) : _kept.erase(module);
}

route_doubt::table_ptr route_doubt::with_kept(const table_ptr &served,
                                              const route_reader::result &found) const
{
    // What is not complete was made from SERVED, and has them.
    if (_kept.empty() || !found.complete)
        return found.table;
    std::vector<module_route> kept;
    for (const module_id &module : _kept)
        kept.push_back({module, served->find(module)->hosts()});
    return std::make_shared<route_table>(found.table->with(std::move(kept)));
}

// So that agents, which refuse what is older than what they hold, take what is believed.
uint64_t route_doubt::answered_version(uint64_t version)
{
    if (doubting())
        return _highest_version;
    if (version < _highest_version)
        return 0;
    _highest_version = version;
    return version;
}

}  // namespace lars
