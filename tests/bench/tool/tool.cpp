#include "tool.h"

#include <cstdio>

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
