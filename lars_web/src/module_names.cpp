#include "module_names.h"

namespace lars {

static std::string column_of(id_kind kind)
{
    return kind == id_kind::modid ? "modid" : "cmdid";
}

static std::string table_of(id_kind kind)
{
    return kind == id_kind::modid ? "ModIDConfig" : "CmdIDConfig";
}

static std::string as_unsigned(int32_t id)
{
    return std::to_string(static_cast<uint32_t>(id));
}

// No names, then: an older deployment may not have these tables.
static status without_table(const status &s)
{
    return s.kind() == status_kind::missing ? status() : s;
}

status read_names(db_client &client, id_kind kind, const std::vector<int32_t> &ids,
                  std::map<int32_t, std::string> *names)
{
    names->clear();
    if (ids.empty())
        return {};
    std::string list;
    for (const int32_t id : ids)
        list += (list.empty() ? "" : ", ") + as_unsigned(id);
    // Of two names of one id the older one counts.
    return without_table(client.query("SELECT " + column_of(kind) + ", content FROM " +
                                          table_of(kind) + " WHERE " + column_of(kind) + " IN (" +
                                          list + ") ORDER BY id",
                                      [names](const db_row &row) {
                                          int32_t id = 0;
                                          if (row.get_id(0, &id))
                                              names->emplace(id, row[1].value_or(""));
                                          return status();
                                      }));
}

status find_names(db_client &client, id_kind kind, const std::string &text,
                  std::vector<int32_t> *ids)
{
    ids->clear();
    return without_table(client.query("SELECT DISTINCT " + column_of(kind) + " FROM " +
                                          table_of(kind) + " WHERE LOCATE('" + client.escape(text) +
                                          "', content) > 0 LIMIT 1000",
                                      [ids](const db_row &row) {
                                          int32_t id = 0;
                                          if (row.get_id(0, &id))
                                              ids->push_back(id);
                                          return status();
                                      }));
}

static status read_name(db_client &client, id_kind kind, int32_t id, std::string *name)
{
    name->clear();
    // Locked, so that two who change a name wait for each other.
    return client.query("SELECT content FROM " + table_of(kind) + " WHERE " + column_of(kind) +
                            " = " + as_unsigned(id) + " ORDER BY id LIMIT 1 FOR UPDATE",
                        [name](const db_row &row) {
                            *name = row[0].value_or("");
                            return status();
                        });
}

status write_name(db_client &client, id_kind kind, int32_t id, const name_change &change,
                  std::string *present)
{
    const auto once = [&] {
        status s = read_name(client, kind, id, present);
        if (!s || (change.was && *change.was != *present))
            return s;
        *present = change.name;
        s = client.execute("DELETE FROM " + table_of(kind) + " WHERE " + column_of(kind) + " = " +
                           as_unsigned(id));
        if (!s || change.name.empty())
            return s;
        return client.execute("INSERT INTO " + table_of(kind) + " (" + column_of(kind) +
                              ", content) VALUES (" + as_unsigned(id) + ", '" +
                              client.escape(change.name) + "')");
    };
    // Of two who wait for each other the database chooses one, which tries again.
    constexpr int ATTEMPTS = 5;
    status done;
    for (int i = 0; i < ATTEMPTS; ++i) {
        done = client.transaction(once);
        if (done.kind() != status_kind::conflict)
            break;
    }
    return done;
}

}  // namespace lars
