// Tells the agent how one call went.
#include <cstdio>

#include "tool_args.h"

using lars::lars_client;

int main(int argc, char **argv)
{
    lars::tool_args args(
        argc, argv,
        std::string("MODID CMDID IP PORT RETCODE [TIMECOST_MS] [--agent IP] [--port N]\n"
                    "RETCODE 0 is a success. The agent does not confirm a report.") +
            lars::AGENT_USAGE);
    args.ask_agent();
    const int modid = args.number("MODID");
    const int cmdid = args.number("CMDID");
    const std::string ip = args.ip("IP");
    const int port = args.number("PORT", 1, 65535);
    const int retcode = args.number("RETCODE");
    const int timecost = args.number_or("TIMECOST_MS", 0, 0, INT_MAX);
    if (!args.finish())
        return args.exit_status();

    lars_client client = args.make_client();
    if (client.report(modid, cmdid, ip, port, retcode, timecost) == lars_client::RET_SUCC)
        return 0;
    std::fprintf(stderr, "lars_report: %s\n", client.error().c_str());
    return 1;
}
