// Asks the agent for the host to call next.
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
    std::string ip;
    int port = 0;
    const int retcode = client.get_host(modid, cmdid, ip, port);
    if (retcode == lars_client::RET_SUCC) {
        std::printf("host is %s:%d\n", ip.c_str(), port);
        return 0;
    }
    std::printf("%s\n", lars_client::retcode_name(retcode));
    if (!client.error().empty())
        std::fprintf(stderr, "lars_get_host: %s\n", client.error().c_str());
    return 1;
}
