#include "change_reader.h"

#include <algorithm>
#include <string>

#include "route_data.h"

namespace lars {

// How far below the cursor a row may still appear: a transaction takes its id
// when it inserts, not when it commits. One that is later than this is found by
// the next full comparison.
static constexpr uint64_t OVERLAP = 256;

static uint64_t overlap_start(uint64_t cursor)
{
    return cursor > OVERLAP ? cursor - OVERLAP : 0;
}

static void sort_and_unique(std::vector<module_id> *modules)
{
    std::sort(modules->begin(), modules->end());
    modules->erase(std::unique(modules->begin(), modules->end()), modules->end());
}

// A condition for the rows of RouteChange that were not seen: above the cursor, and in the
// gaps below it.
std::string change_reader::unseen(const std::string &id) const
{
    std::string rows = id + " > " + std::to_string(_kept.cursor);
    uint64_t below = overlap_start(_kept.cursor);
    const auto add_gap = [&](uint64_t end) {
        if (below + 1 < end)
            rows += " OR " + id + " BETWEEN " + std::to_string(below + 1) + " AND " +
                    std::to_string(end - 1);
        below = end;
    };
    for (const uint64_t seen : _kept.seen)
        add_gap(seen);
    add_gap(_kept.cursor + 1);
    return rows;
}

// What a row of RouteChange says.
status change_reader::take_row(const db_row &row, changes *out)
{
    uint64_t id = 0;
    if (status s = row.get_unsigned(1, &id); !s)
        return s;
    if (!_found.seen.insert(id).second)
        return {};
    uint64_t version = 0;
    const bool dated = row.get_unsigned(4, &version).ok();
    if (id >= _found.cursor) {
        _found.cursor = id;
        _found.cursor_version = dated ? std::optional<uint64_t>(version) : std::nullopt;
    }
    const bool accepts = dated && version >= ACCEPTED_CHANGE;
    const bool news = id > _old_up_to || !dated || version % ACCEPTED_CHANGE > _known_version;
    module_id module;
    // A change that does not say what changed may be any.
    const bool named = row.get_id(2, &module.modid) && row.get_id(3, &module.cmdid);
    out->unclear = out->unclear || !named || accepts;
    out->accepted = out->accepted || (accepts && news);
    if (!named || accepts)
        return {};
    out->modules.push_back(module);
    if (news)
        out->named.push_back(module);
    return {};
}

// One statement sees both tables as they are at one moment, and takes the server less time
// than two. Where there is no RouteVersion it finds nothing at all.
status change_reader::read(changes *out)
{
    _found = _kept;
    _found.version.reset();
    _ids_begin_anew = false;
    changes found;
    const status both =
        _db->query("SELECT v.version, c.id, c.modid, c.cmdid, c.version FROM RouteVersion v"
                   " LEFT JOIN RouteChange c ON " +
                       unseen("c.id") + " WHERE v.id = 1",
                   [&](const db_row &row) -> status {
                       if (status s = row.get_unsigned(0, &_found.version.emplace()); !s)
                           return s;
                       return row[1] ? take_row(row, &found) : status();
                   });
    if (!both)
        return both;
    if (!_found.version) {
        const status changes_alone = _db->query(
            "SELECT NULL, id, modid, cmdid, version FROM RouteChange WHERE " + unseen("id"),
            [&](const db_row &row) { return take_row(row, &found); });
        if (!changes_alone)
            return changes_alone;
    }
    // Rows pruned meanwhile stay in the set until the cursor has moved on, which does no harm.
    _found.seen.erase(_found.seen.begin(), _found.seen.upper_bound(overlap_start(_found.cursor)));
    found.version = _found.version;
    found.version_is_new = _found.version != _kept.version;
    sort_and_unique(&found.modules);
    sort_and_unique(&found.named);
    *out = std::move(found);
    return {};
}

status change_reader::find_end()
{
    uint64_t highest = 0;
    uint64_t version = 0;
    bool has_version = false;
    const status outcome =
        _db->query("SELECT COALESCE(MAX(id), 0), (SELECT version FROM RouteChange WHERE id = " +
                       std::to_string(_found.cursor) + ") FROM RouteChange",
                   [&](const db_row &row) {
                       has_version = row.get_unsigned(1, &version).ok();
                       return row.get_unsigned(0, &highest);
                   });
    const bool is_another_row =
        has_version && _found.cursor_version && version != *_found.cursor_version;
    if (outcome && highest > 0 && (highest < _found.cursor || is_another_row)) {
        _found.cursor = highest;
        _found.cursor_version.reset();
        _found.seen.clear();
        _ids_begin_anew = true;
    }
    return outcome;
}

// Where ids have begun anew, the rows that are seen once more may be those of an old copy; what
// is written from now on is not.
void change_reader::keep()
{
    if (_ids_begin_anew)
        _known_version = std::max(_known_version, _kept.version.value_or(0));
    _old_up_to = _ids_begin_anew ? _found.cursor : 0;
    _kept = _found;
}

status change_reader::prune(std::chrono::seconds age, size_t limit, uint64_t *deleted)
{
    *deleted = 0;
    const std::string old_enough = " WHERE version % " + std::to_string(ACCEPTED_CHANGE) +
                                   " < UNIX_TIMESTAMP() - " + std::to_string(age.count()) +
                                   " AND id <= " + std::to_string(_kept.cursor);
    // Looked for without locks first: a DELETE that scans the whole table would
    // keep writers out meanwhile.
    std::optional<uint64_t> first;
    const status found =
        _db->query("SELECT id FROM RouteChange" + old_enough + " ORDER BY id LIMIT 1",
                   [&first](const db_row &row) { return row.get_unsigned(0, &first.emplace()); });
    if (!found || !first)
        return found;
    // Of several servers a replica is good enough to read from: the refusal would cost the
    // connection, and lead to the next one. Where there is one, that may be another by then.
    bool read_only = false;
    const bool several = _db->options().servers.size() > 1;
    if (status s = several ? _db->ask_read_only(&read_only) : status(); !s || read_only)
        return s ? status::error("database " + _db->options().describe() +
                                     ": the server is read-only; who reads the one that is"
                                     " written to deletes them",
                                 status_kind::unavailable)
                 : s;
    return _db->execute("DELETE FROM RouteChange" + old_enough + " AND id >= " +
                            std::to_string(*first) + " AND id < " + std::to_string(*first + limit),
                        deleted);
}

}  // namespace lars
