// Asks the agent for all hosts of a module: one a line.
#include <cstdio>
#include <vector>

#include "tool_args.h"

using lars::lars_client;

int main(int argc, char **argv)
{
    lars::tool_args args(argc, argv, "MODID CMDID");
    args.ask_agent();
    const auto [modid, cmdid] = args.module();
    if (!args.finish())
        return args.exit_status();

    lars_client client = args.make_client();
    client.reg_init(modid, cmdid);
    std::vector<lars_client::host> route;
    const int retcode = client.get_route(modid, cmdid, route);
    if (retcode != lars_client::RET_SUCC)
        return args.refused(retcode, client);
    for (const lars_client::host &host : route)
        std::printf("%s:%d\n", host.ip.c_str(), host.port);
}
