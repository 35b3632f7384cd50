// Tells the agent how one call went. The agent does not answer a report, so it
// is asked before what it knows of the module.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tool_args.h"

using lars::lars_client;

using route = std::vector<lars_client::host>;

static bool holds(const route &hosts, const std::string &ip, int port)
{
    return std::any_of(hosts.begin(), hosts.end(), [&](const lars_client::host &host) {
        return host.ip == ip && host.port == port;
    });
}

int main(int argc, char **argv)
{
    lars::tool_args args(argc, argv, "MODID CMDID IP PORT RETCODE [TIMECOST_MS]",
                         "RETCODE 0 is a success, any other a failure. Exit status 1: the agent"
                         " does not know\nthe module or the host, and takes no report of it.\n");
    args.ask_agent();
    const lars::tool_module module = args.module();
    const std::string ip = args.ip("IP");
    const int port = args.number("PORT", 1, 65535);
    const int retcode = args.number("RETCODE");
    const int timecost = args.number_or("TIMECOST_MS", 0, 0, INT_MAX);
    if (!args.finish())
        return args.exit_status();

    lars_client client = args.make_client();
    client.reg_init(module.modid, module.cmdid);
    route hosts;
    const int known = client.get_route(module.modid, module.cmdid, hosts);
    if (known == lars_client::RET_NOEXIST)
        std::printf("nothing reported: the agent has no route of %s\n", module.to_string().c_str());
    if (known != lars_client::RET_SUCC)
        return args.refused(known, client);

    const int sent = client.report(module.modid, module.cmdid, ip, port, retcode, timecost);
    if (sent != lars_client::RET_SUCC)
        return args.refused(sent, client);
    // Sent all the same: of a very long route get_route shows the beginning only.
    if (!holds(hosts, ip, port)) {
        std::printf(
            "reported in vain: %s:%d is none of the %zu hosts that the agent names for %s\n",
            ip.c_str(), port, hosts.size(), module.to_string().c_str());
        return 1;
    }
    std::printf("reported %s:%d of %s: %s, %d ms\n", ip.c_str(), port, module.to_string().c_str(),
                retcode == 0 ? "success" : "failure", timecost);
}
