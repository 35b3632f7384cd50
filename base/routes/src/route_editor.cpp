#include "route_editor.h"

#include "change_notes.h"
#include "route_data.h"
#include "route_rows.h"

namespace lars {

status route_editor::list(const std::optional<module_id> &module, std::vector<std::string> *lines)
{
    std::string last;
    return read_route_data(
        _client, " WHERE " + (module ? condition_of(*module) : "TRUE") + ORDER_OF_ROUTES,
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

status route_editor::read(const module_id &module, std::vector<route_host> *hosts)
{
    hosts->clear();
    return read_routes(_client, condition_of(module), [hosts](const module_route &route) {
        *hosts = route.hosts;
        return status();
    });
}

status route_editor::read_all(const std::function<status(const module_route &route)> &each)
{
    return read_routes(_client, "TRUE", each);
}

status route_editor::read_all(std::vector<module_route> *routes)
{
    routes->clear();
    return read_all([routes](const module_route &route) {
        routes->push_back(route);
        return status();
    });
}

status route_editor::add(const module_route &route, std::vector<route_host> *added,
                         std::vector<route_host> *present)
{
    return change([&](change_notes &notes) {
        if (status s = read(route.module, present); !s)
            return s;
        added->clear();
        std::vector<route_host> after = *present;
        for (const route_host &host : route.hosts) {
            if (find_host(after, host.address))
                continue;
            added->push_back(host);
            after.push_back(host);
        }
        if (added->empty())
            return status();
        const status s = insert_route_data(_client, {route.module, *added});
        return s ? notes.add(edit_action::add, {{route.module, *present, after}}) : s;
    });
}

status route_editor::remove(const module_route &route, std::vector<route_host> *removed)
{
    return change([&](change_notes &notes) {
        std::vector<route_host> present, after;
        if (status s = read(route.module, &present); !s)
            return s;
        removed->clear();
        for (const route_host &host : present) {
            const bool goes = route.hosts.empty() || find_host(route.hosts, host.address);
            (goes ? *removed : after).push_back(host);
        }
        if (!route.hosts.empty() && removed->empty())
            return status();
        uint64_t affected = 0;
        const status s =
            _client->execute("DELETE FROM RouteData WHERE " +
                                 (route.hosts.empty() ? condition_of(route.module)
                                                      : condition_of(route.module, *removed)),
                             &affected);
        return s && affected > 0 ? notes.add(edit_action::del, {{route.module, present, after}})
                                 : s;
    });
}

status route_editor::set_weights(const module_route &route, whose which,
                                 std::vector<route_host> *before)
{
    return change([&](change_notes &notes) {
        route_edit edit{route.module, {}, {}};
        if (status s = read(route.module, &edit.expected); !s)
            return s;
        edit.wanted = edit.expected;
        before->clear();
        std::optional<edit_action> done;
        for (const route_host &host : route.hosts) {
            const route_host *was = find_host(edit.expected, host.address);
            if (!was)
                continue;
            before->push_back(*was);
            if (was->weight == host.weight || (which == whose::drained && !was->drained()))
                continue;
            if (status s = set_route_weight(_client, route.module, host); !s)
                return s;
            edit.wanted[static_cast<size_t>(was - edit.expected.data())] = host;
            if (!done)
                done = which == whose::drained ? edit_action::undrain
                       : host.drained()        ? edit_action::drain
                                               : edit_action::weight;
        }
        return done ? notes.add(*done, {edit}) : status();
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

status route_editor::read_mark(std::string *mark)
{
    std::vector<module_route> routes;
    const status s = read_readable(&routes);
    *mark = table_mark_of(routes);
    return s;
}

status route_editor::read_readable(std::vector<module_route> *routes)
{
    routes->clear();
    const auto remember = [routes](const module_route &route) {
        routes->push_back(route);
        return status();
    };
    return read_routes(_client, "TRUE", remember, unreadable_rows::passed_over);
}

status route_editor::clear(counts *removed, const std::optional<std::string> &mark, bool *applied)
{
    return change([&](change_notes &notes) {
        // Locked, so that what is counted and noted is what goes.
        if (status s = read_counts(" FOR UPDATE", removed); !s)
            return s;
        // Read to here and written back in pieces: one statement that does both takes the server
        // longer with a million rows than a statement may take.
        std::vector<module_route> present;
        if (status s = read_readable(&present); !s)
            return s;
        const bool wanted = !mark || *mark == table_mark_of(present);
        if (applied)
            *applied = wanted;
        if (!wanted)
            return status();
        std::vector<route_edit> edits;
        for (module_route &route : present)
            edits.push_back({route.module, std::move(route.hosts), {}});
        if (status s = notes.add_clear(edits); !s)
            return s;
        return _client->execute("DELETE FROM RouteData");
    });
}

status route_editor::accept()
{
    return change([](change_notes &notes) { return notes.add_acceptance(); });
}

// ROWS changes rows of RouteData and notes that, or does nothing.
status route_editor::change(const std::function<status(change_notes &notes)> &rows)
{
    _unrecorded = {};
    if (status s = _author.check(); !s)
        return s;
    change_notes notes(_client, &_author);
    const auto once = [&] {
        const status s = notes.begin();
        return s ? rows(notes) : s;
    };
    // Another writer may hold what we need, or need what we hold.
    constexpr int ATTEMPTS = 5;
    status done;
    for (int i = 0; i < ATTEMPTS; ++i) {
        done = _client->transaction(once);
        if (done.kind() != status_kind::conflict)
            break;
    }
    if (done)
        _unrecorded = notes.unrecorded();
    return done;
}

}  // namespace lars
