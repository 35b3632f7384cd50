// lars_bench tcp|udp|local|push: a load for a system that runs, and how it bears it.
#include <string>

#include "tool.h"

int main(int argc, char **argv)
{
    using namespace lars::bench;
    const std::string command = argc > 1 ? argv[1] : "";
    if (command == "tcp")
        return bench_tcp(argc, argv);
    if (command == "udp")
        return bench_udp(argc, argv);
    if (command == "local")
        return bench_local(argc, argv);
    if (command == "push")
        return bench_push(argc, argv);
    const auto line = [](const char *synopsis) {
        return "  lars_bench " + std::string(synopsis) + "\n";
    };
    lars::tool_args args(
        argc, argv, "tcp|udp|local|push ... [--help]",
        "Asks a system that runs for a module's route or hosts, as fast as it answers:\n" +
            line(TCP_SYNOPSIS) + line(UDP_SYNOPSIS) + line(LOCAL_SYNOPSIS) +
            "or waits for its changes with many subscribers:\n" + line(PUSH_SYNOPSIS));
    if (args.text("COMMAND") != "")
        args.reject("the command is tcp, udp, local or push, not '" + command + "'");
    args.finish();
    return args.exit_status();
}
