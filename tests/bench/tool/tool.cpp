#include "tool.h"

#include <cstdio>
#include <vector>

namespace lars::bench {

static volatile sig_atomic_t stop_wanted = 0;

endpoint address_argument(tool_args *args)
{
    const std::string text = args->text("IP:PORT");
    const auto address = endpoint::parse(text);
    if (!address || address->port == 0)
        args->reject("IP:PORT: '" + text + "' is not an address with a port");
    return address.value_or(endpoint());
}

// IP[:PORT] as options: a number of a module holds no point.
static std::vector<std::string> with_options(int argc, char **argv)
{
    std::vector<std::string> words(argv, argv + argc);
    if (words.size() < 3 || words[2].find('.') == std::string::npos || words[2][0] == '-')
        return words;
    const std::string address = words[2];
    const size_t colon = address.find(':');
    words[2] = "--agent=" + address.substr(0, colon);
    if (colon != std::string::npos)
        words.push_back("--port=" + address.substr(colon + 1));
    return words;
}

tool_args agent_arguments(int argc, char **argv, const char *synopsis, const char *details)
{
    std::vector<std::string> words = with_options(argc, argv);
    std::vector<char *> pointers;
    for (std::string &word : words)
        pointers.push_back(word.data());
    tool_args args(static_cast<int>(pointers.size()), pointers.data(), synopsis, details);
    args.ask_agent();
    return args;
}

bool stopped()
{
    return stop_wanted != 0;
}

void stop_by_signals()
{
    struct sigaction action = {};
    action.sa_handler = [](int) { stop_wanted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int number : {SIGINT, SIGTERM})
        sigaction(number, &action, nullptr);
}

std::string hosts_text(const module_id &module, int hosts)
{
    return module.to_string() + " has " +
           (hosts == 0   ? "no hosts: it is not known there"
            : hosts == 1 ? "1 host"
                         : std::to_string(hosts) + " hosts");
}

void complain(const status &why)
{
    std::fprintf(stderr, "lars_bench: %s\n", why.message().c_str());
}

}  // namespace lars::bench
