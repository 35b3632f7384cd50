#include "route_command.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

namespace lars {

const char *route_usage()
{
    return "usage: lars_route [-c FILE] list [MODID CMDID]\n"
           "       lars_route [-c FILE] add MODID CMDID IP:PORT...\n"
           "       lars_route [-c FILE] del MODID CMDID [IP:PORT...]\n"
           "       lars_route [-c FILE] clear [--yes]\n"
           "Shows and edits the routes in the database. del without a host removes the\n"
           "module's whole route, clear the routes of all modules; it asks before, on the\n"
           "terminal, unless --yes is given. Changes reach every agent by way of lars_dns.\n"
           "\n"
           "  -c FILE        the configuration whose [mysql] section names the database\n"
           "                 (default: that of lars_dns)\n"
           "  --help         print this\n"
           "  --version      print the version\n";
}

std::optional<int32_t> parse_id(const std::string &text)
{
    int64_t number = 0;
    const char *end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end || number < std::numeric_limits<int32_t>::min() ||
        number > std::numeric_limits<uint32_t>::max())
        return std::nullopt;
    return static_cast<int32_t>(static_cast<uint32_t>(number));
}

static status parse_hosts(const std::vector<std::string> &words, size_t first,
                          std::vector<route_host> *hosts)
{
    for (size_t i = first; i < words.size(); ++i) {
        const route_host host = route_host::parse(words[i]).value_or(route_host());
        if (!host.can_be_called())
            return status::error("'" + words[i] + "' is not a host: expected IP:PORT");
        if (!find_host(*hosts, host.address))
            hosts->push_back(host);
    }
    return {};
}

static status parse_module(const std::vector<std::string> &words, route_command *command)
{
    if (words.size() < 3)
        return status::error(words[0] + " needs MODID and CMDID");
    module_id module;
    for (size_t i : {1, 2}) {
        const auto id = parse_id(words[i]);
        if (!id)
            return status::error("'" + words[i] + "' is not an id: expected a number of 32 bits");
        (i == 1 ? module.modid : module.cmdid) = *id;
    }
    command->module = module;
    return parse_hosts(words, 3, &command->hosts);
}

namespace {

enum class part { none, optional, required };

// What follows a verb.
struct syntax {
    const char *name;
    route_command::verb what;
    part module;
    part hosts;
};

}  // namespace

static constexpr syntax VERBS[] = {
    {"list", route_command::verb::list, part::optional, part::none},
    {"add", route_command::verb::add, part::required, part::required},
    {"del", route_command::verb::del, part::required, part::optional},
    {"clear", route_command::verb::clear, part::none, part::none},
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

static status parse_words(const std::vector<std::string> &words, route_command *command)
{
    if (words.empty())
        return status::error("expected " + all_verbs());
    const auto verb = std::find_if(std::begin(VERBS), std::end(VERBS),
                                   [&words](const syntax &one) { return words[0] == one.name; });
    if (verb == std::end(VERBS))
        return status::error("'" + words[0] + "' is not " + all_verbs());
    command->what = verb->what;

    if (verb->what == route_command::verb::clear) {
        command->confirmed = words.size() == 2 && words[1] == "--yes";
        return words.size() == 1 || command->confirmed
                   ? status()
                   : status::error("clear takes nothing but --yes");
    }
    if (verb->module == part::optional && words.size() == 1)
        return {};
    if (status s = parse_module(words, command); !s)
        return s;
    if (verb->hosts == part::none && !command->hosts.empty())
        return status::error(words[0] + " takes no hosts");
    if (verb->hosts == part::required && command->hosts.empty())
        return status::error(words[0] + " needs at least one IP:PORT");
    return {};
}

status parse_route_command(const std::vector<std::string> &arguments, route_command *command)
{
    // By hand, because getopt takes a negative id for an option.
    size_t at = 0;
    for (; at < arguments.size() && arguments[at].compare(0, 1, "-") == 0; ++at) {
        const std::string &option = arguments[at];
        if (option == "--help" || option == "--version") {
            command->what =
                option == "--help" ? route_command::verb::help : route_command::verb::version;
            return {};
        }
        if (option != "-c")
            return status::error("there is no option '" + option + "'");
        if (++at == arguments.size() || arguments[at].empty())
            return status::error("-c needs a file");
        command->config_path = arguments[at];
    }
    return parse_words({arguments.begin() + static_cast<std::ptrdiff_t>(at), arguments.end()},
                       command);
}

}  // namespace lars
