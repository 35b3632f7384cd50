// How a program uses the API: ask for a host, call it, report how it went.
#include <cstdio>
#include <cstring>

#include "tcp_call.h"
#include "tool_args.h"

using lars::lars_client;

static int call_once(lars_client &client, int modid, int cmdid)
{
    std::string ip;
    int port = 0;
    const int answer = client.get_host(modid, cmdid, ip, port);
    if (answer != lars_client::RET_SUCC) {
        std::printf("no host: %s %s\n", lars_client::retcode_name(answer), client.error().c_str());
        return 1;
    }

    const lars::tcp_outcome call = lars::tcp_call(ip, port, "", 1000);  // your own call goes here

    client.report(modid, cmdid, ip, port, call.retcode, call.milliseconds);
    std::printf("called %s:%d: %s, %d ms\n", ip.c_str(), port,
                call.retcode == 0 ? "connected" : std::strerror(call.retcode), call.milliseconds);
    return call.retcode == 0 ? 0 : 1;
}

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
    client.reg_init(modid, cmdid);
    return call_once(client, modid, cmdid);
}
