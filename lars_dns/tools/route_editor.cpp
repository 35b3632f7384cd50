#include "route_editor.h"

#include <algorithm>
#include <limits>

namespace lars {

static std::string as_unsigned(int32_t id)
{
    return std::to_string(static_cast<uint32_t>(id));
}

static std::string module_condition(int32_t modid, int32_t cmdid)
{
    return "modid = " + as_unsigned(modid) + " AND cmdid = " + as_unsigned(cmdid);
}

static bool holds(const std::vector<endpoint> &hosts, const endpoint &host)
{
    return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

status route_editor::list(std::vector<std::string> *lines)
{
    return read_lines("TRUE", lines);
}

status route_editor::list(int32_t modid, int32_t cmdid, std::vector<std::string> *lines)
{
    return read_lines(module_condition(modid, cmdid), lines);
}

status route_editor::read_lines(const std::string &condition, std::vector<std::string> *lines)
{
    // Sorted as the signed numbers that are shown.
    return _client->query(
        "SELECT DISTINCT modid, cmdid, serverip, serverport FROM RouteData WHERE " + condition +
            " ORDER BY modid ^ 0x80000000, cmdid ^ 0x80000000, serverip, serverport",
        [lines](const db_row &row) {
            int32_t modid = 0, cmdid = 0;
            uint64_t ip = 0, port = 0;
            status s = row.get_id(0, &modid);
            if (s)
                s = row.get_id(1, &cmdid);
            if (s)
                s = row.get_unsigned(2, &ip, std::numeric_limits<uint32_t>::max());
            if (s)
                s = row.get_unsigned(3, &port);
            // A port that is none is shown as it is: this is where one would look.
            lines->push_back(std::to_string(modid) + " " + std::to_string(cmdid) + " " +
                             ip_to_string(static_cast<uint32_t>(ip)) + ":" + std::to_string(port));
            return s;
        });
}

status route_editor::read_hosts(const std::string &module, std::vector<endpoint> *hosts)
{
    hosts->clear();
    return _client->query(
        "SELECT DISTINCT serverip, serverport FROM RouteData WHERE " + module,
        [hosts](const db_row &row) {
            uint64_t ip = 0, port = 0;
            if (status s = row.get_unsigned(0, &ip, std::numeric_limits<uint32_t>::max()); !s)
                return s;
            if (status s = row.get_unsigned(1, &port); !s)
                return s;
            // Some other tool's mistake; it is nobody's host.
            if (port <= std::numeric_limits<uint16_t>::max())
                hosts->push_back({static_cast<uint32_t>(ip), static_cast<uint16_t>(port)});
            return status();
        });
}

status route_editor::add(int32_t modid, int32_t cmdid, const std::vector<endpoint> &hosts,
                         std::vector<endpoint> *added)
{
    return change(modid, cmdid, [&](bool *changed) {
        std::vector<endpoint> present;
        if (status s = read_hosts(module_condition(modid, cmdid), &present); !s)
            return s;
        added->clear();
        std::string values;
        for (const endpoint &host : hosts) {
            if (holds(present, host) || holds(*added, host))
                continue;
            added->push_back(host);
            values += (values.empty() ? "(" : ", (") + as_unsigned(modid) + ", " +
                      as_unsigned(cmdid) + ", " + std::to_string(host.ip) + ", " +
                      std::to_string(host.port) + ")";
        }
        *changed = !added->empty();
        if (!*changed)
            return status();
        return _client->execute("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES " +
                                values);
    });
}

status route_editor::remove(int32_t modid, int32_t cmdid, const std::vector<endpoint> &hosts,
                            std::vector<endpoint> *removed)
{
    const std::string module = module_condition(modid, cmdid);
    return change(modid, cmdid, [&](bool *changed) {
        std::vector<endpoint> present;
        if (status s = read_hosts(module, &present); !s)
            return s;
        removed->clear();
        std::string which;
        for (const endpoint &host : present) {
            if (!hosts.empty() && !holds(hosts, host))
                continue;
            removed->push_back(host);
            which += (which.empty() ? "(" : ", (") + std::to_string(host.ip) + ", " +
                     std::to_string(host.port) + ")";
        }
        if (!hosts.empty() && removed->empty())
            return status();
        uint64_t affected = 0;
        const status s = _client->execute(
            "DELETE FROM RouteData WHERE " + module +
                (hosts.empty() ? "" : " AND (serverip, serverport) IN (" + which + ")"),
            &affected);
        *changed = affected > 0;
        return s;
    });
}

status route_editor::change(int32_t modid, int32_t cmdid,
                            const std::function<status(bool *changed)> &rows)
{
    // Another writer may hold what we need, or need what we hold.
    constexpr int attempts = 5;
    status done;
    for (int i = 0; i < attempts; ++i) {
        done = change_once(modid, cmdid, rows);
        if (done.kind() != status_kind::conflict)
            break;
    }
    return done;
}

status route_editor::change_once(int32_t modid, int32_t cmdid,
                                 const std::function<status(bool *changed)> &rows)
{
    return _client->transaction([&] {
        // Writers of ours wait here for each other, so what is read next is what
        // stays true until the commit.
        const auto unread = [](const db_row &) { return status(); };
        if (status s = _client->query("SELECT version FROM RouteVersion WHERE id = 1 FOR UPDATE",
                                      unread);
            !s)
            return s;
        bool changed = false;
        if (status s = rows(&changed); !s || !changed)
            return s;
        if (status s = _client->execute("INSERT INTO RouteChange (modid, cmdid, version) VALUES (" +
                                        as_unsigned(modid) + ", " + as_unsigned(cmdid) +
                                        ", UNIX_TIMESTAMP())");
            !s)
            return s;
        return _client->execute("INSERT INTO RouteVersion (id, version) VALUES (1, UNIX_TIMESTAMP())"
                                " ON DUPLICATE KEY UPDATE version = UNIX_TIMESTAMP()");
    });
}

}  // namespace lars
