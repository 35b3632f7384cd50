#include "route_editor.h"

#include "route_data.h"

namespace lars {

// A SELECT that gives one module, for note_change.
static std::string select_of(const module_id &module)
{
    return "SELECT " + std::to_string(static_cast<uint32_t>(module.modid)) + " AS modid, " +
           std::to_string(static_cast<uint32_t>(module.cmdid)) + " AS cmdid";
}

status route_editor::list(const std::optional<module_id> &module, std::vector<std::string> *lines)
{
    // Sorted as the signed numbers that are shown.
    std::string last;
    return read_route_data(
        _client,
        " WHERE " + (module ? condition_of(*module) : "TRUE") +
            " ORDER BY modid ^ 0x80000000, cmdid ^ 0x80000000, serverip, serverport, weight",
        [&last, lines](const stored_route &row) {
            // A port that is none is shown as it is: this is where one would look.
            if (!row.readable && !row.port_is_none())
                return row.readable;
            const std::string host = std::to_string(row.module.modid) + " " +
                                     std::to_string(row.module.cmdid) + " " + ip_to_string(row.ip) +
                                     ":" + std::to_string(row.port);
            if (last == host)
                return status();
            last = host;
            const bool usual = row.weight == route_host::DEFAULT_WEIGHT;
            lines->push_back(host + (usual ? "" : "@" + std::to_string(row.weight)));
            return status();
        });
}

status route_editor::read_hosts(const module_id &module, std::vector<route_host> *hosts)
{
    hosts->clear();
    // Of a host that stands there twice, the lower weight counts.
    return read_route_data(_client, " WHERE " + condition_of(module) + " ORDER BY weight, id",
                           [hosts](const stored_route &row) {
                               // Some other tool's mistake; it is nobody's host.
                               if (row.port_is_none())
                                   return status();
                               const route_host host = row.as_row().host;
                               if (row.readable && !find_host(*hosts, host.address))
                                   hosts->push_back(host);
                               return row.readable;
                           });
}

status route_editor::add(const module_route &route, std::vector<route_host> *added,
                         std::vector<route_host> *present)
{
    return change([&] {
        if (status s = read_hosts(route.module, present); !s)
            return s;
        added->clear();
        for (const route_host &host : route.hosts) {
            if (find_host(*present, host.address) || find_host(*added, host.address))
                continue;
            added->push_back(host);
        }
        if (added->empty())
            return status();
        const status s = insert_route_data(_client, {route.module, *added});
        return s ? note_change(select_of(route.module)) : s;
    });
}

status route_editor::remove(const module_route &route, std::vector<route_host> *removed)
{
    return change([&] {
        std::vector<route_host> present;
        if (status s = read_hosts(route.module, &present); !s)
            return s;
        removed->clear();
        std::string which;
        for (const route_host &host : present) {
            if (!route.hosts.empty() && !find_host(route.hosts, host.address))
                continue;
            removed->push_back(host);
            which += (which.empty() ? "(" : ", (") + std::to_string(host.address.ip) + ", " +
                     std::to_string(host.address.port) + ")";
        }
        if (!route.hosts.empty() && removed->empty())
            return status();
        uint64_t affected = 0;
        const status s = _client->execute(
            "DELETE FROM RouteData WHERE " + condition_of(route.module) +
                (route.hosts.empty() ? "" : " AND (serverip, serverport) IN (" + which + ")"),
            &affected);
        return s && affected > 0 ? note_change(select_of(route.module)) : s;
    });
}

status route_editor::set_weights(const module_route &route, whose which,
                                 std::vector<route_host> *before)
{
    return change([&] {
        std::vector<route_host> present;
        if (status s = read_hosts(route.module, &present); !s)
            return s;
        before->clear();
        bool changed = false;
        for (const route_host &host : route.hosts) {
            const route_host *was = find_host(present, host.address);
            if (!was)
                continue;
            before->push_back(*was);
            if (was->weight == host.weight || (which == whose::drained && !was->drained()))
                continue;
            if (status s = set_route_weight(_client, route.module, host); !s)
                return s;
            changed = true;
        }
        return changed ? note_change(select_of(route.module)) : status();
    });
}

status route_editor::count(counts *all)
{
    return read_counts("", all);
}

status route_editor::read_counts(const std::string &how, counts *all)
{
    return _client->query("SELECT COUNT(DISTINCT modid, cmdid),"
                          " COUNT(DISTINCT modid, cmdid, serverip, serverport) FROM RouteData" +
                              how,
                          [all](const db_row &row) {
                              const status s = row.get_unsigned(0, &all->modules);
                              return s ? row.get_unsigned(1, &all->hosts) : s;
                          });
}

status route_editor::clear(counts *removed)
{
    return change([&] {
        // Locked, so that what is counted and noted is what goes.
        if (status s = read_counts(" FOR UPDATE", removed); !s)
            return s;
        if (status s = note_change("SELECT DISTINCT modid, cmdid FROM RouteData"); !s)
            return s;
        // A dns that doubts the database serves modules that are not there.
        if (status s = note_acceptance(); !s)
            return s;
        return _client->execute("DELETE FROM RouteData");
    });
}

status route_editor::accept()
{
    return change([&] {
        const status s = advance_version();
        return s ? note_acceptance() : s;
    });
}

// ROWS changes rows of RouteData and notes that, or does nothing.
status route_editor::change(const std::function<status()> &rows)
{
    const auto once = [&] {
        // Writers of ours wait here for each other, so what is read next is what
        // stays true until the commit. One that waits for a row that is not there
        // holds up the others that do, and the server ends all of them but one.
        const status s = _client->execute("INSERT INTO RouteVersion (id, version) VALUES (1, 0)"
                                          " ON DUPLICATE KEY UPDATE version = version");
        return s ? rows() : s;
    };
    // Another writer may hold what we need, or need what we hold.
    constexpr int ATTEMPTS = 5;
    status done;
    for (int i = 0; i < ATTEMPTS; ++i) {
        done = _client->transaction(once);
        if (done.kind() != status_kind::conflict)
            break;
    }
    return done;
}

// MODULES is a SELECT that gives modid and cmdid of what has changed.
status route_editor::note_change(const std::string &modules)
{
    if (status s = advance_version(); !s)
        return s;
    return _client->execute("INSERT INTO RouteChange (modid, cmdid, version)"
                            " SELECT m.modid, m.cmdid, v.version FROM (" +
                            modules + ") m, RouteVersion v WHERE v.id = 1");
}

// After RouteVersion has moved.
status route_editor::note_acceptance()
{
    return _client->execute("INSERT INTO RouteChange (modid, cmdid, version)"
                            " SELECT 0, 0, version + " +
                            std::to_string(ACCEPTED_CHANGE) + " FROM RouteVersion WHERE id = 1");
}

status route_editor::advance_version()
{
    // A dns of before compares seconds, and two changes may fall into one.
    return _client->execute(
        "INSERT INTO RouteVersion (id, version) VALUES (1, UNIX_TIMESTAMP())"
        " ON DUPLICATE KEY UPDATE version = GREATEST(UNIX_TIMESTAMP(), version + 1)");
}

}  // namespace lars
