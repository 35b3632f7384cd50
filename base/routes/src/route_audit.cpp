#include "route_audit.h"

#include "route_data.h"

namespace lars {

static const char *const SELECT_ENTRIES = "SELECT id, ts, who, modid, cmdid, action, before_hosts,"
                                          " after_hosts, note FROM RouteAudit";

static status read_entry(const db_row &row, audit_entry *entry)
{
    if (status s = row.get_unsigned(0, &entry->id); !s)
        return s;
    if (status s = row.get_signed(1, &entry->ts); !s)
        return s;
    if (status s = row.get_id(3, &entry->module.modid); !s)
        return s;
    if (status s = row.get_id(4, &entry->module.cmdid); !s)
        return s;
    entry->who = row[2].value_or("");
    entry->action = row[5].value_or("");
    entry->before = row[6].value_or("");
    entry->after = row[7].value_or("");
    entry->note = row[8].value_or("");
    return {};
}

static status read_entries(db_client *client, const std::string &rest,
                           std::vector<audit_entry> *entries)
{
    entries->clear();
    return client->query(SELECT_ENTRIES + rest, [entries](const db_row &row) {
        entries->emplace_back();
        return read_entry(row, &entries->back());
    });
}

status read_audit(db_client *client, const audit_page &page, std::vector<audit_entry> *entries)
{
    return read_entries(client,
                        " WHERE " + (page.module ? condition_of(*page.module) : "TRUE") +
                            (page.before ? " AND id < " + std::to_string(*page.before) : "") +
                            " ORDER BY id DESC LIMIT " + std::to_string(page.limit),
                        entries);
}

bool may_be_of_several(edit_action action)
{
    return action == edit_action::clear || action == edit_action::move ||
           action == edit_action::import || action == edit_action::undo;
}

static bool may_be_of_several(const std::string &action)
{
    for (const edit_action one :
         {edit_action::clear, edit_action::move, edit_action::import, edit_action::undo})
        if (action == to_string(one))
            return true;
    return false;
}

// The id of the next entry in one direction that is of another change; 0 if there is none.
static status find_end(db_client *client, const audit_entry &entry, bool upwards, uint64_t *id)
{
    *id = 0;
    return client->query("SELECT id FROM RouteAudit WHERE id " +
                             std::string(upwards ? "> " : "< ") + std::to_string(entry.id) +
                             " AND NOT (ts = " + std::to_string(entry.ts) + " AND who = '" +
                             client->escape(entry.who) + "' AND action = '" +
                             client->escape(entry.action) + "') ORDER BY id " +
                             (upwards ? "ASC" : "DESC") + " LIMIT 1",
                         [id](const db_row &row) { return row.get_unsigned(0, id); });
}

status last_audit(db_client *client, const module_id &module, std::vector<audit_entry> *change)
{
    if (status s = read_entries(client,
                                " WHERE " + condition_of(module) +
                                    " AND action <> 'accept' ORDER BY id DESC LIMIT 1",
                                change);
        !s || change->empty() || !may_be_of_several(change->front().action))
        return s;
    const audit_entry last = change->front();
    uint64_t below = 0, above = 0;
    if (status s = find_end(client, last, false, &below); !s)
        return s;
    if (status s = find_end(client, last, true, &above); !s)
        return s;
    return read_entries(client,
                        " WHERE id > " + std::to_string(below) +
                            (above == 0 ? "" : " AND id < " + std::to_string(above)) +
                            " ORDER BY id",
                        change);
}

status edits_to_undo(const std::vector<audit_entry> &change, std::vector<route_edit> *edits)
{
    edits->clear();
    for (const audit_entry &entry : change) {
        const auto before = parse_audit_text(entry.before);
        const auto after = parse_audit_text(entry.after);
        if (!before || !after)
            return status::error("change " + std::to_string(entry.id) + " of " +
                                     entry.module.to_string() +
                                     " cannot be taken back: RouteAudit does not hold all hosts",
                                 status_kind::rejected);
        edits->push_back({entry.module, *after, *before});
    }
    return {};
}

}  // namespace lars
