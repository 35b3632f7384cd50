#include "change_notes.h"

#include "route_audit.h"
#include "route_data.h"

namespace lars {

// Of one statement: far below what a server takes at once.
static constexpr size_t MOST_BYTES = 256 * 1024;

static std::string as_unsigned(int32_t id)
{
    return std::to_string(static_cast<uint32_t>(id));
}

// Executes BEGIN with VALUES, or with the first so many of them that they are long enough, and
// again with the next.
static status insert_values(db_client *client, const std::string &begin, size_t count,
                            const std::function<std::string(size_t i)> &value)
{
    std::string values;
    for (size_t i = 0; i < count; ++i) {
        values += (values.empty() ? " VALUES " : ", ") + value(i);
        if (values.size() < MOST_BYTES && i + 1 < count)
            continue;
        if (status s = client->execute(begin + values); !s)
            return s;
        values.clear();
    }
    return {};
}

status change_notes::begin()
{
    _unrecorded = {};
    // Writers of ours wait here for each other, so what is read next is what
    // stays true until the commit. One that waits for a row that is not there
    // holds up the others that do, and the server ends all of them but one.
    return _client->execute("INSERT INTO RouteVersion (id, version) VALUES (1, 0)"
                            " ON DUPLICATE KEY UPDATE version = version");
}

status change_notes::add(edit_action action, const std::vector<route_edit> &edits)
{
    if (status s = advance_version(); !s)
        return s;
    if (status s = note_modules(edits); !s)
        return s;
    return tolerate(record(action, edits));
}

status change_notes::add_clear(const std::vector<route_edit> &edits)
{
    if (status s = advance_version(); !s)
        return s;
    if (status s = _client->execute("INSERT INTO RouteChange (modid, cmdid, version)"
                                    " SELECT m.modid, m.cmdid, v.version FROM"
                                    " (SELECT DISTINCT modid, cmdid FROM RouteData) m,"
                                    " RouteVersion v WHERE v.id = 1");
        !s)
        return s;
    // A dns that doubts the database serves modules that are not there.
    if (status s = note_acceptance(); !s)
        return s;
    return tolerate(record(edit_action::clear, edits));
}

status change_notes::add_acceptance()
{
    if (status s = advance_version(); !s)
        return s;
    if (status s = note_acceptance(); !s)
        return s;
    return tolerate(record(edit_action::accept, {{}}));
}

status change_notes::advance_version()
{
    // A dns of before compares seconds, and two changes may fall into one.
    return _client->execute(
        "INSERT INTO RouteVersion (id, version) VALUES (1, UNIX_TIMESTAMP())"
        " ON DUPLICATE KEY UPDATE version = GREATEST(UNIX_TIMESTAMP(), version + 1)");
}

status change_notes::note_modules(const std::vector<route_edit> &edits)
{
    std::string version;
    if (status s = _client->query("SELECT version FROM RouteVersion WHERE id = 1",
                                  [&version](const db_row &row) {
                                      uint64_t number = 0;
                                      const status read = row.get_unsigned(0, &number);
                                      version = std::to_string(number);
                                      return read;
                                  });
        !s)
        return s;
    return insert_values(_client, "INSERT INTO RouteChange (modid, cmdid, version)", edits.size(),
                         [&](size_t i) {
                             const module_id &module = edits[i].module;
                             return "(" + as_unsigned(module.modid) + ", " +
                                    as_unsigned(module.cmdid) + ", " + version + ")";
                         });
}

// After RouteVersion has moved.
status change_notes::note_acceptance()
{
    return _client->execute("INSERT INTO RouteChange (modid, cmdid, version)"
                            " SELECT 0, 0, version + " +
                            std::to_string(ACCEPTED_CHANGE) + " FROM RouteVersion WHERE id = 1");
}

// A table that is not there, or not for us, is no reason to refuse the change. (Who has no
// right to any part of a table is not told whether it is there.)
status change_notes::tolerate(const status &s)
{
    if (s.kind() != status_kind::missing && s.kind() != status_kind::denied)
        return s;
    _unrecorded = s;
    return {};
}

// The time of the change. Of those that may be of several modules no two that follow each
// other have the same author, action and second: so their entries tell which belong together.
status change_notes::find_time(edit_action action)
{
    const std::string latest =
        "SELECT COALESCE(MAX(latest.ts + 1), 0) FROM (SELECT ts, who, action FROM RouteAudit"
        " ORDER BY id DESC LIMIT 1) AS latest WHERE latest.who = '" +
        _client->escape(_author->who) + "' AND latest.action = '" + to_string(action) + "'";
    return _client->query("SELECT GREATEST(UNIX_TIMESTAMP(), " +
                              (may_be_of_several(action) ? "(" + latest + ")" : "0") + ")",
                          [this](const db_row &row) { return row.get_signed(0, &_ts); });
}

std::string change_notes::entry_begin(edit_action action, const std::string &modid,
                                      const std::string &cmdid) const
{
    return std::to_string(_ts) + ", '" + _client->escape(_author->who) + "', '" +
           _client->escape(_author->note) + "', '" + to_string(action) + "', " + modid + ", " +
           cmdid + ", ";
}

static const char *const INSERT_ENTRY = "INSERT INTO RouteAudit (ts, who, note, action, modid,"
                                        " cmdid, before_hosts, after_hosts)";

status change_notes::record(edit_action action, const std::vector<route_edit> &edits)
{
    if (status s = find_time(action); !s)
        return s;
    return insert_values(_client, INSERT_ENTRY, edits.size(), [&](size_t i) {
        const route_edit &edit = edits[i];
        return "(" +
               entry_begin(action, as_unsigned(edit.module.modid), as_unsigned(edit.module.cmdid)) +
               "'" + audit_text(edit.expected) + "', '" + audit_text(edit.wanted) + "')";
    });
}

}  // namespace lars
