// Asks the agent for all hosts of a module: one a line.
#include <cstdio>

#include "tool_args.h"

using lars::lars_client;

int main(int argc, char **argv)
{
    lars::tool_args args(argc, argv, std::string("MODID CMDID [--agent IP] [--port N]") +
                                         lars::AGENT_USAGE);
    args.ask_agent();
    const int modid = args.number("MODID");
    const int cmdid = args.number("CMDID");
    if (!args.finish())
        return args.exit_status();

    lars_client client = args.make_client();
    std::vector<lars_client::host> route;
    const int retcode = client.get_route(modid, cmdid, route);
    if (retcode == lars_client::RET_SUCC) {
        for (const lars_client::host &host : route)
            std::printf("%s:%d\n", host.ip.c_str(), host.port);
        return 0;
    }
    std::printf("%s\n", lars_client::retcode_name(retcode));
    if (!client.error().empty())
        std::fprintf(stderr, "lars_get_route: %s\n", client.error().c_str());
    return 1;
}
