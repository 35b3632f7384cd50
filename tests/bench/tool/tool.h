// What the commands of lars_bench share.
#pragma once

#include <csignal>
#include <string>

#include "endpoint.h"
#include "route.h"
#include "status.h"
#include "tool_args.h"

namespace lars::bench {

// The commands. Each reads its own arguments, and returns main's exit status: 1 if nobody is
// there, or if what comes back is wrong, and 2 for wrong arguments.
int bench_tcp(int argc, char **argv);
int bench_udp(int argc, char **argv);
int bench_local(int argc, char **argv);
int bench_push(int argc, char **argv);

// The usage's part about each, for the one of the whole.
extern const char *const TCP_SYNOPSIS;
extern const char *const UDP_SYNOPSIS;
extern const char *const LOCAL_SYNOPSIS;
extern const char *const PUSH_SYNOPSIS;

// The next argument, an address with a port.
endpoint address_argument(tool_args *args);

// The arguments of a command whose first may be an agent's IP[:PORT], which is asked for.
tool_args agent_arguments(int argc, char **argv, const char *synopsis, const char *details);

// True from the first SIGINT or SIGTERM on. Waits are interrupted by these, and a second one
// ends the process.
bool stopped();
void stop_by_signals();

// "(1,2) has 3 hosts"
std::string hosts_text(const module_id &module, int hosts);

// Says on stderr what is wrong.
void complain(const status &why);

}  // namespace lars::bench
