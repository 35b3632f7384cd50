// Asks the agent for the host to call next.
#include <cstdio>

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
    std::string ip;
    int port = 0;
    const int retcode = client.get_host(modid, cmdid, ip, port);
    if (retcode != lars_client::RET_SUCC)
        return args.refused(retcode, client);
    std::printf("host is %s:%d\n", ip.c_str(), port);
}
