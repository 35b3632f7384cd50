#include "route_command.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "route_edit.h"

namespace lars {

const char *route_usage()
{
    return "usage: lars_route [-c FILE] list [MODID CMDID]\n"
           "       lars_route [-c FILE] add MODID CMDID IP:PORT[@WEIGHT]...\n"
           "       lars_route [-c FILE] del MODID CMDID [IP:PORT...]\n"
           "       lars_route [-c FILE] weight MODID CMDID IP:PORT WEIGHT\n"
           "       lars_route [-c FILE] drain MODID CMDID IP:PORT...\n"
           "       lars_route [-c FILE] undrain MODID CMDID IP:PORT[@WEIGHT]...\n"
           "       lars_route [-c FILE] clear [--yes]\n"
           "       lars_route [-c FILE] accept\n"
           "       lars_route [-c FILE] export LIST|- [--format csv|json]\n"
           "       lars_route [-c FILE] import LIST|- [--format csv|json] [--yes]\n"
           "       lars_route [-c FILE] check [TABLE...]\n"
           "Shows and edits the routes in the database. A host's share of its module's calls\n"
           "is in proportion to its weight, 0 to 4294967295, 100 where none is given. drain\n"
           "sets the weight to 0: the host stays in the database and gets no calls. undrain\n"
           "sets that of drained hosts to 100 or WEIGHT. del without a host removes the\n"
           "module's whole route, clear the routes of all modules; it asks before, on the\n"
           "terminal, unless --yes is given. Changes reach every agent by way of lars_dns.\n"
           "A lars_dns doubts a database that has lost most of its routes or is older than it\n"
           "was, and serves on what is missing: accept tells every lars_dns that all of what\n"
           "the database holds is meant so.\n"
           "export writes all routes into a file, and import lets the database hold exactly\n"
           "those of a file: it shows what changes and asks before, as clear does. If\n"
           "somebody else changes a route meanwhile, nothing is changed. LIST ends with .csv\n"
           "or .json, unless --format is given; - is the standard output or input.\n"
           "check connects as the services do and says whether RouteData, RouteVersion and\n"
           "RouteChange, or the given tables, are there; exit status 3 means that one is not.\n"
           "\n"
           "  -c FILE        the configuration whose [mysql] section names the database\n"
           "                 (default: lars_route.conf in the folder of lars_dns.conf, where\n"
           "                 it is there, or else lars_dns.conf)\n"
           "  --note TEXT    with each verb that changes routes: why; at most 255 characters,\n"
           "                 recorded in the table RouteAudit with the time, your login name,\n"
           "                 and the module's hosts before and after\n"
           "  --help         print this\n"
           "  --version      print the version\n";
}

bool changes_routes(route_command::verb what)
{
    switch (what) {
    case route_command::verb::list:
    case route_command::verb::export_all:
    case route_command::verb::check:
    case route_command::verb::help:
    case route_command::verb::version: return false;
    default: return true;
    }
}

namespace {

enum class part { none, optional, required };

// What follows a verb.
struct syntax {
    const char *name;
    route_command::verb what;
    part module;
    part hosts;
    part weights;  // optional: "@WEIGHT" behind a host; required: a word of its own
};

// The options of some verbs, as they were given.
struct options {
    bool yes = false;
    std::optional<std::string> note;
    std::optional<std::string> format;
};

}  // namespace

static constexpr syntax VERBS[] = {
    {"list", route_command::verb::list, part::optional, part::none, part::none},
    {"add", route_command::verb::add, part::required, part::required, part::optional},
    {"del", route_command::verb::del, part::required, part::optional, part::none},
    {"weight", route_command::verb::weight, part::required, part::required, part::required},
    {"drain", route_command::verb::drain, part::required, part::required, part::none},
    {"undrain", route_command::verb::undrain, part::required, part::required, part::optional},
    {"clear", route_command::verb::clear, part::none, part::none, part::none},
    {"accept", route_command::verb::accept, part::none, part::none, part::none},
    {"export", route_command::verb::export_all, part::none, part::none, part::none},
    {"import", route_command::verb::import_all, part::none, part::none, part::none},
    {"check", route_command::verb::check, part::none, part::none, part::none},
};

// "list, add, del or clear"
static std::string all_verbs()
{
    std::string names;
    for (const syntax &one : VERBS) {
        const bool last = &one == std::end(VERBS) - 1;
        names += (names.empty() ? "" : last ? " or " : ", ") + std::string(one.name);
    }
    return names;
}

static status parse_host(const std::string &word, const syntax &verb, route_host *host)
{
    const bool takes_weight = verb.weights == part::optional;
    *host = route_host::parse(word).value_or(route_host());
    const bool has_weight = word.find('@') != std::string::npos;
    if (!host->can_be_called() || (has_weight && !takes_weight))
        return status::error("'" + word + "' is not a host: expected IP:PORT" +
                             (takes_weight ? "[@WEIGHT]" : ""));
    if (host->drained() && verb.what == route_command::verb::undrain)
        return status::error("'" + word + "': weight 0 is what drain sets");
    if (verb.what == route_command::verb::drain)
        host->weight = 0;
    return {};
}

static status parse_hosts(const std::vector<std::string> &words, const syntax &verb,
                          std::vector<route_host> *hosts)
{
    for (const std::string &word : words) {
        route_host host;
        if (status s = parse_host(word, verb, &host); !s)
            return s;
        const route_host *same = find_host(*hosts, host.address);
        if (same && *same != host)
            return status::error("'" + word + "' contradicts '" + same->to_string() + "'");
        if (!same)
            hosts->push_back(host);
    }
    return {};
}

// "IP:PORT WEIGHT"
static status parse_host_and_weight(const std::vector<std::string> &words, const syntax &verb,
                                    std::vector<route_host> *hosts)
{
    if (words.size() != 2)
        return status::error(std::string(verb.name) + " needs one IP:PORT and its WEIGHT");
    if (status s = parse_hosts({words[0]}, verb, hosts); !s)
        return s;
    const auto weighted = route_host::parse(words[0] + "@" + words[1]);
    if (!weighted)
        return status::error("'" + words[1] + "' is not a weight: expected 0 to 4294967295");
    *hosts = {*weighted};
    return {};
}

static status parse_module(const std::vector<std::string> &words, module_id *module)
{
    if (words.size() < 3)
        return status::error(words[0] + " needs MODID and CMDID");
    for (size_t i : {1, 2}) {
        const auto id = parse_id(words[i]);
        if (!id)
            return status::error("'" + words[i] + "' is not an id: expected a number of 32 bits");
        (i == 1 ? module->modid : module->cmdid) = *id;
    }
    return {};
}

static status parse_tables(const std::vector<std::string> &names, route_command *command)
{
    command->tables = names;
    if (names.empty())
        command->tables = {"RouteData", "RouteVersion", "RouteChange"};
    for (const std::string &name : command->tables) {
        const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char letter) {
            return std::isalnum(letter) || letter == '_';
        });
        if (name.empty() || !plain)
            return status::error("'" + name + "' is not a table's name");
    }
    return {};
}

static status check_options(const options &given, const syntax &verb)
{
    const bool imports = verb.what == route_command::verb::import_all;
    const bool exports = verb.what == route_command::verb::export_all;
    const char *refused = nullptr;
    if (given.yes && !imports && verb.what != route_command::verb::clear)
        refused = "--yes";
    else if (given.format && !imports && !exports)
        refused = "--format";
    else if (given.note && !changes_routes(verb.what))
        refused = "--note";
    return refused ? status::error(std::string(verb.name) + " takes no " + refused) : status();
}

static status parse_file(const std::vector<std::string> &words, const options &given,
                         route_command *command)
{
    if (words.size() != 2 || words[1].empty())
        return status::error(words[0] + " needs one file, or - for standard " +
                             (words[0] == "export" ? "output" : "input"));
    command->file = words[1];
    const auto format =
        given.format ? parse_list_format(*given.format) : list_format_of(command->file);
    if (!format)
        return status::error(given.format
                                 ? "'" + *given.format + "' is not csv or json"
                                 : "'" + command->file +
                                       "' ends with neither .csv nor .json: --format tells which");
    command->format = *format;
    return {};
}

static status parse_words(const std::vector<std::string> &words, const options &given,
                          route_command *command)
{
    if (words.empty())
        return status::error("expected " + all_verbs());
    const auto verb = std::find_if(std::begin(VERBS), std::end(VERBS),
                                   [&words](const syntax &one) { return words[0] == one.name; });
    if (verb == std::end(VERBS))
        return status::error("'" + words[0] + "' is not " + all_verbs());
    command->what = verb->what;

    if (status s = check_options(given, *verb); !s)
        return s;
    if (verb->what == route_command::verb::clear && words.size() > 1)
        return status::error("clear takes nothing but --yes and --note");
    if (verb->what == route_command::verb::export_all ||
        verb->what == route_command::verb::import_all)
        return parse_file(words, given, command);
    if (verb->what == route_command::verb::check)
        return parse_tables({words.begin() + 1, words.end()}, command);
    if (verb->module == part::none && words.size() > 1)
        return status::error(words[0] + " takes no arguments");
    if (verb->module != part::required && words.size() == 1)
        return {};
    if (status s = parse_module(words, &command->module.emplace()); !s)
        return s;
    const std::vector<std::string> rest(words.begin() + 3, words.end());
    if (verb->hosts == part::none && !rest.empty())
        return status::error("'" + rest[0] + "': " + words[0] + " takes no hosts");
    if (verb->hosts == part::required && rest.empty())
        return status::error(words[0] + " needs at least one IP:PORT");
    return verb->weights == part::required ? parse_host_and_weight(rest, *verb, &command->hosts)
                                           : parse_hosts(rest, *verb, &command->hosts);
}

// Takes the options that may stand behind a verb out of *WORDS.
static status take_options(std::vector<std::string> *words, options *given)
{
    std::vector<std::string> rest;
    for (size_t i = 0; i < words->size(); ++i) {
        const std::string &word = (*words)[i];
        const bool twice = word == "--yes"      ? given->yes
                           : word == "--note"   ? given->note.has_value()
                           : word == "--format" ? given->format.has_value()
                                                : false;
        if (twice)
            return status::error(word + " is given twice");
        if (word == "--yes") {
            given->yes = true;
        } else if (word == "--note" || word == "--format") {
            if (++i == words->size())
                return status::error(word + " needs a word behind it");
            (word == "--note" ? given->note : given->format) = (*words)[i];
        } else {
            rest.push_back(word);
        }
    }
    *words = std::move(rest);
    return {};
}

status parse_route_command(const std::vector<std::string> &arguments, route_command *command)
{
    // By hand, because getopt takes a negative id for an option.
    std::vector<std::string> words = arguments;
    options given;
    if (status s = take_options(&words, &given); !s)
        return s;
    command->confirmed = given.yes;
    command->note = given.note.value_or("");
    size_t at = 0;
    for (; at < words.size() && words[at].compare(0, 1, "-") == 0; ++at) {
        const std::string &option = words[at];
        if (option == "--help" || option == "--version") {
            command->what =
                option == "--help" ? route_command::verb::help : route_command::verb::version;
            return {};
        }
        if (option != "-c")
            return status::error("there is no option '" + option + "'");
        if (++at == words.size() || words[at].empty())
            return status::error("-c needs a file");
        command->config_path = words[at];
    }
    if (status s = edit_author{"", command->note}.check(); !s)
        return s;
    return parse_words({words.begin() + static_cast<std::ptrdiff_t>(at), words.end()}, given,
                       command);
}

}  // namespace lars
