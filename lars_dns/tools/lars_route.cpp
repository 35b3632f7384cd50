// lars_route: shows and edits the routes in the database.
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "config_file.h"
#include "config_path.h"
#include "database_advice.h"
#include "route.h"
#include "route_command.h"
#include "route_editor.h"
#include "route_hint.h"
#include "route_transfer.h"
#include "user_name.h"

using namespace lars;

static constexpr int EXIT_FAILED = 1;
static constexpr int EXIT_WRONG_USE = 2;
static constexpr int EXIT_NO_TABLES = 3;  // of check

static int fail(int exit_status, const std::string &message)
{
    fprintf(stderr, "lars_route: %s\n", message.c_str());
    return exit_status;
}

static status read_config(const std::string &path, db_options *options,
                          std::vector<server_address> *servers)
{
    config_file config;
    if (status s = config.load(path); !s)
        return s;
    read_db_options(config, options);
    *servers = read_hinted_servers(config);
    for (const char *other : {"reactor", "dns", "reporter", "repoter", "metrics"})
        config.ignore_section(other);
    return config.finish();
}

static int fail_database(const std::string &config, const status &why, database_step step)
{
    return fail(EXIT_FAILED, why.message() + advice_for(why, step, config));
}

static void print_hosts(const std::vector<route_host> &hosts, const char *what,
                        const module_id &module)
{
    for (const route_host &host : hosts)
        printf("%s %s %d %d\n", host.address.to_string().c_str(), what, module.modid, module.cmdid);
}

static std::vector<route_host> without(const std::vector<route_host> &hosts,
                                       const std::vector<route_host> &others)
{
    std::vector<route_host> rest;
    for (const route_host &host : hosts)
        if (!find_host(others, host.address))
            rest.push_back(host);
    return rest;
}

static status list_routes(route_editor &editor, const route_command &command)
{
    std::vector<std::string> lines;
    if (status s = editor.list(command.module, &lines); !s)
        return s;
    for (const std::string &line : lines)
        printf("%s\n", line.c_str());
    if (lines.empty())
        fprintf(stderr, "no routes\n");
    return {};
}

static status add_hosts(route_editor &editor, const module_route &route)
{
    std::vector<route_host> added;
    std::vector<route_host> present;
    if (status s = editor.add(route, &added, &present); !s)
        return s;
    print_hosts(added, "added to", route.module);
    for (const route_host &host : without(route.hosts, added)) {
        const uint32_t weight = find_host(present, host.address)->weight;
        printf("%s is already in %d %d%s\n", host.address.to_string().c_str(), route.module.modid,
               route.module.cmdid,
               weight == host.weight ? "" : (", with weight " + std::to_string(weight)).c_str());
    }
    return {};
}

static status remove_hosts(route_editor &editor, const module_route &route)
{
    std::vector<route_host> removed;
    if (status s = editor.remove(route, &removed); !s)
        return s;
    print_hosts(removed, "removed from", route.module);
    print_hosts(without(route.hosts, removed), "is not in", route.module);
    if (route.hosts.empty() && removed.empty())
        printf("%d %d has no route\n", route.module.modid, route.module.cmdid);
    return {};
}

static void print_weight(const module_id &module, const route_host &was, uint32_t wanted,
                         route_editor::whose whose)
{
    printf("%s in %d %d ", was.address.to_string().c_str(), module.modid, module.cmdid);
    if (was.weight == wanted)
        printf("has weight %u already\n", wanted);
    else if (whose == route_editor::whose::drained && !was.drained())
        printf("is not drained: it has weight %u\n", was.weight);
    else
        printf("has weight %u now, it had %u\n", wanted, was.weight);
}

static status set_weights(route_editor &editor, const module_route &route,
                          route_editor::whose whose)
{
    std::vector<route_host> before;
    if (status s = editor.set_weights(route, whose, &before); !s)
        return s;
    for (const route_host &was : before)
        print_weight(route.module, was, find_host(route.hosts, was.address)->weight, whose);
    fflush(stdout);
    // Whoever drains a host that is not there has most likely misspelt one that is.
    std::string missing;
    for (const route_host &host : without(route.hosts, before))
        missing += (missing.empty() ? "" : ", ") + host.address.to_string();
    if (!missing.empty())
        return status::error(missing + " is not in " + std::to_string(route.module.modid) + " " +
                             std::to_string(route.module.cmdid));
    return {};
}

static status clear_routes(route_editor &editor, const route_command &command,
                           const db_options &options)
{
    route_editor::counts all;
    if (!command.confirmed) {
        if (status s = editor.count(&all); !s)
            return s;
        if (all.modules > 0 && !says_yes("All routes go, of " + in_words(all) + ", from " +
                                         options.describe() + ". Type yes to remove them: "))
            return status::error("nothing is removed");
    }
    if (status s = editor.clear(&all); !s)
        return s;
    printf("%s removed\n", in_words(all).c_str());
    return {};
}

static status accept(route_editor &editor)
{
    route_editor::counts all;
    if (status s = editor.accept(); !s)
        return s;
    if (status s = editor.count(&all); !s)
        return s;
    printf("accepted: %s are all that there is\n", in_words(all).c_str());
    return {};
}

// Less than the read time-out, by which a database that says nothing is given up: so that
// somebody who holds what is wanted is not taken for one that is away.
static status wait_for_others_briefly(db_client &client)
{
    const status s =
        client.execute("SET SESSION innodb_lock_wait_timeout = 2, lock_wait_timeout = 2");
    // A server that has not both of them is asked all the same.
    return s.kind() == status_kind::rejected ? status() : s;
}

// Whether the services will get in where the configuration leads, and find their tables.
static int check(const route_command &command, const std::string &config, db_client &client)
{
    std::string tables;
    for (const std::string &table : command.tables)
        tables += (tables.empty() ? "" : ", ") + table;
    const status s = client.execute("SELECT 1 FROM " + tables + " LIMIT 0");
    if (!s) {
        const int failed = fail_database(config, s, database_step::connected);
        return s.kind() == status_kind::missing ? EXIT_NO_TABLES : failed;
    }
    const std::string cipher = client.encryption();
    printf("%s answers and has the tables%s\n", client.options().describe().c_str(),
           cipher.empty() ? "" : (", over TLS (" + cipher + ")").c_str());
    return 0;
}

static status edit(const route_command &command, const std::vector<module_route> &imported,
                   route_editor &editor, const db_options &options)
{
    const module_route route{command.module.value_or(module_id()), command.hosts};
    switch (command.what) {
    case route_command::verb::add: return add_hosts(editor, route);
    case route_command::verb::del: return remove_hosts(editor, route);
    case route_command::verb::weight:
    case route_command::verb::drain: return set_weights(editor, route, route_editor::whose::all);
    case route_command::verb::undrain:
        return set_weights(editor, route, route_editor::whose::drained);
    case route_command::verb::accept: return accept(editor);
    case route_command::verb::clear: return clear_routes(editor, command, options);
    case route_command::verb::export_all: return export_routes(editor, command);
    case route_command::verb::import_all:
        return import_routes(editor, command, imported, options.describe());
    default: return list_routes(editor, command);
    }
}

// A database of an older Lars has no record, which is no news to whoever did not want to add to
// it. Whoever has no right to it should know.
static void warn_if_unrecorded(const route_editor &editor, const route_command &command,
                               const std::string &config)
{
    const status &why = editor.unrecorded();
    if (why.kind() == status_kind::denied || (!why && !command.note.empty()))
        fprintf(stderr, "lars_route: the change is made, and not recorded: %s%s\n",
                why.message().c_str(), advice_for(why, database_step::connected, config).c_str());
}

static database_step step_of(const db_client &client)
{
    switch (client.last_step()) {
    case db_client::step::files: return database_step::unprepared;
    case db_client::step::unanswered: return database_step::unanswered;
    default: return database_step::refused;
    }
}

// The account that changes routes need not be that of the dns.
static std::string default_path()
{
    const std::string of_dns = default_config_path("lars_dns", "lars_dns");
    const std::string own = of_dns.substr(0, of_dns.rfind('/') + 1) + "lars_route.conf";
    return access(own.c_str(), F_OK) == 0 ? own : of_dns;
}

static int use_database(const route_command &command)
{
    const bool asks = (command.what == route_command::verb::clear ||
                       command.what == route_command::verb::import_all) &&
                      !command.confirmed;
    if (asks && (command.file == "-" || !isatty(STDIN_FILENO)))
        return fail(EXIT_WRONG_USE, std::string(command.what == route_command::verb::clear
                                                    ? "clear removes every route"
                                                    : "import changes routes") +
                                        " and there is no terminal to ask on: call it with --yes");
    const std::string path = command.config_path.empty() ? default_path() : command.config_path;
    db_options options;
    std::vector<server_address> servers;
    if (status s = read_config(path, &options, &servers); !s)
        return fail(EXIT_WRONG_USE, s.message());
    std::vector<module_route> imported;
    if (command.what == route_command::verb::import_all)
        if (status s = read_list(command, &imported); !s)
            return fail(EXIT_FAILED, s.message());

    // To look at the routes a replica will do, say while no server takes changes.
    options.writes = changes_routes(command.what);
    db_client client(options);
    if (status s = client.connect(); !s)
        return fail_database(path, s, step_of(client));
    status done = wait_for_others_briefly(client);
    if (done && command.what == route_command::verb::check)
        return check(command, path, client);
    route_editor editor(&client, {user_name(), command.note});
    if (done)
        done = edit(command, imported, editor, client.options());
    if (done && changes_routes(command.what))
        send_route_hint(servers);
    warn_if_unrecorded(editor, command, path);
    return done ? 0 : fail_database(path, done, database_step::connected);
}

int main(int argc, char **argv)
{
    route_command command;
    if (status s = parse_route_command({argv + 1, argv + argc}, &command); !s) {
        fprintf(stderr, "lars_route: %s\n%s", s.message().c_str(), route_usage());
        return EXIT_WRONG_USE;
    }
    switch (command.what) {
    case route_command::verb::help: printf("%s", route_usage()); return 0;
    case route_command::verb::version: printf("lars_route %s\n", LARS_VERSION); return 0;
    default: return use_database(command);
    }
}
