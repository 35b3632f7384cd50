#include "route_reader.h"

#include <algorithm>

#include "route_data.h"

namespace lars {

// How far below the cursor a row may still appear: a transaction takes its id
// when it inserts, not when it commits. One that is later than this is found by
// the next full comparison.
static constexpr uint64_t OVERLAP = 256;

// With more changed modules than this, reading everything is cheaper.
static constexpr size_t MAX_SINGLE_MODULES = 1000;

static uint64_t overlap_start(uint64_t cursor)
{
    return cursor > OVERLAP ? cursor - OVERLAP : 0;
}

status route_reader::read(const route_table &served, bool full, result *out)
{
    position now = _position;
    bool ids_begin_anew = false;
    result found;
    const status outcome = _db.read_transaction([&]() -> status {
        std::vector<module_id> changed;
        bool unclear = false;
        if (status s = read_version(&now); !s)
            return s;
        if (status s = read_changes(&now, &found, &changed, &unclear); !s)
            return s;
        const bool version_alone = now.version != _position.version && changed.empty();
        if (full || unclear || version_alone || changed.size() > MAX_SINGLE_MODULES) {
            if (status s = read_cursor(&now, &ids_begin_anew); !s)
                return s;
            return read_all(&found);
        }
        return changed.empty() ? status() : read_modules(served, changed, &found);
    });
    if (!outcome)
        return outcome;
    found.version = now.version;
    // The rows that are seen once more may be those of an old copy.
    _first = ids_begin_anew;
    if (ids_begin_anew)
        _known_version = std::max(_known_version, _position.version.value_or(0));
    _position = std::move(now);
    *out = std::move(found);
    return {};
}

status route_reader::read_version(position *now)
{
    now->version.reset();
    return _db.query("SELECT version FROM RouteVersion WHERE id = 1", [now](const db_row &row) {
        uint64_t version = 0;
        const status read = row.get_unsigned(0, &version);
        if (read)
            now->version = version;
        return read;
    });
}

// *CHANGED becomes the modules of the rows not seen before, and *OUT's named those of them
// that name something new.
status route_reader::read_changes(position *now, result *out, std::vector<module_id> *changed,
                                  bool *unclear)
{
    const std::string since = std::to_string(overlap_start(now->cursor));
    std::set<uint64_t> found;
    const auto take = [&](const db_row &row) -> status {
        uint64_t id = 0;
        if (status s = row.get_unsigned(0, &id); !s)
            return s;
        found.insert(id);
        if (now->seen.count(id) > 0)
            return {};
        uint64_t version = 0;
        const bool dated = row.get_unsigned(3, &version).ok();
        const bool accepts = dated && version >= ACCEPTED_CHANGE;
        const bool news = !_first || !dated || version % ACCEPTED_CHANGE > _known_version;
        module_id module;
        // A change that does not say what changed may be any.
        const bool named = row.get_id(1, &module.modid) && row.get_id(2, &module.cmdid);
        *unclear = *unclear || !named || accepts;
        out->accepted = out->accepted || (accepts && news);
        if (!named || accepts)
            return {};
        changed->push_back(module);
        if (news)
            out->named.push_back(module);
        return {};
    };
    const status outcome =
        _db.query("SELECT id, modid, cmdid, version FROM RouteChange WHERE id > " + since, take);
    if (!outcome)
        return outcome;
    if (!found.empty())
        now->cursor = std::max(now->cursor, *found.rbegin());
    // Rows pruned meanwhile stay in the set until the cursor has moved on, which
    // does no harm.
    now->seen.insert(found.begin(), found.end());
    now->seen.erase(now->seen.begin(), now->seen.upper_bound(overlap_start(now->cursor)));

    for (std::vector<module_id> *modules : {changed, &out->named}) {
        std::sort(modules->begin(), modules->end());
        modules->erase(std::unique(modules->begin(), modules->end()), modules->end());
    }
    return {};
}

// Where the ids have begun anew (a truncated table), the cursor goes back with
// them.
status route_reader::read_cursor(position *now, bool *ids_begin_anew)
{
    uint64_t highest = 0;
    const status outcome =
        _db.query("SELECT COALESCE(MAX(id), 0) FROM RouteChange",
                  [&](const db_row &row) { return row.get_unsigned(0, &highest); });
    if (outcome && highest > 0 && highest < now->cursor) {
        now->cursor = highest;
        now->seen.clear();
        *ids_begin_anew = true;
    }
    return outcome;
}

status route_reader::read_rows(const std::string &where, std::vector<route_row> *rows, result *out)
{
    return read_route_data(&_db, where, [rows, out](const stored_route &row) -> status {
        status good = row.readable;
        if (good && !row.as_row().host.can_be_called())
            good = status::error("serverip and serverport must not be 0");
        if (!good) {
            ++out->bad_rows;
            out->bad_row = "RouteData id " + row.id + ": " + good.message();
            return {};
        }
        rows->push_back(row.as_row());
        ++out->rows;
        return {};
    });
}

status route_reader::read_all(result *out)
{
    std::vector<route_row> rows;
    if (status s = read_rows("", &rows, out); !s)
        return s;
    out->table = std::make_shared<route_table>(group_by_module(std::move(rows)));
    out->complete = true;
    return {};
}

// A statement for some of the modules: one for hundreds takes the server long to plan.
static constexpr size_t MODULES_PER_STATEMENT = 100;

status route_reader::read_modules(const route_table &served, const std::vector<module_id> &modules,
                                  result *out)
{
    std::vector<module_route> changed;
    std::vector<route_row> rows;
    std::string where;
    for (size_t i = 0; i < modules.size(); ++i) {
        where += (where.empty() ? " WHERE (" : " OR (") + condition_of(modules[i]) + ")";
        changed.push_back({modules[i], {}});
        if ((i + 1) % MODULES_PER_STATEMENT != 0 && i + 1 != modules.size())
            continue;
        if (status s = read_rows(where, &rows, out); !s)
            return s;
        where.clear();
    }
    for (module_route &route : group_by_module(std::move(rows))) {
        const auto place = std::lower_bound(
            changed.begin(), changed.end(), route.module,
            [](const module_route &r, const module_id &wanted) { return r.module < wanted; });
        place->hosts = std::move(route.hosts);
    }
    out->table = std::make_shared<route_table>(served.with(std::move(changed)));
    return {};
}

status route_reader::prune(std::chrono::seconds age, size_t limit, uint64_t *deleted)
{
    *deleted = 0;
    const std::string old_enough = " WHERE version % " + std::to_string(ACCEPTED_CHANGE) +
                                   " < UNIX_TIMESTAMP() - " + std::to_string(age.count()) +
                                   " AND id <= " + std::to_string(_position.cursor);
    // Looked for without locks first: a DELETE that scans the whole table would
    // keep writers out meanwhile.
    std::optional<uint64_t> first;
    const status found =
        _db.query("SELECT id FROM RouteChange" + old_enough + " ORDER BY id LIMIT 1",
                  [&first](const db_row &row) { return row.get_unsigned(0, &first.emplace()); });
    if (!found || !first)
        return found;
    return _db.execute("DELETE FROM RouteChange" + old_enough + " AND id >= " +
                           std::to_string(*first) + " AND id < " + std::to_string(*first + limit),
                       deleted);
}

}  // namespace lars
