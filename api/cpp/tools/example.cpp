// How a program uses the API: ask for a host, call it, report how it went.
#include <cstdio>
#include <cstring>

#include "tcp_call.h"
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
    const int answer = client.get_host(modid, cmdid, ip, port);
    if (answer != lars_client::RET_SUCC)
        return args.refused(answer, client);
    std::printf("host is %s:%d\n", ip.c_str(), port);

    const lars::tcp_outcome call = lars::tcp_call(ip, port, "", 1000);  // your own call goes here
    const char *outcome = call.retcode == 0 ? "connected" : std::strerror(call.retcode);
    std::printf("called %s:%d: %s, %d ms\n", ip.c_str(), port, outcome, call.milliseconds);

    const int sent = client.report(modid, cmdid, ip, port, call.retcode, call.milliseconds);
    if (sent != lars_client::RET_SUCC)
        return args.refused(sent, client);
    std::printf("reported %s\n", call.retcode == 0 ? "success" : "failure");

    // A program that goes on calling soon chooses by the local path, where the agent offers it.
    if (client.is_local())
        std::printf("chosen by the local path\n");
    else
        std::printf("chosen by UDP: %s\n", client.local_error().empty()
                                               ? "client and agent have not met yet"
                                               : client.local_error().c_str());
    std::printf("the agent was heard from %d ms ago\n", static_cast<int>(client.stale().count()));
    return call.retcode == 0 ? 0 : 1;
}
