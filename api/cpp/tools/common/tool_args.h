// The arguments of a tool: options ("--name value" or "--name=value") first
// asked for, then the positional ones in their order, then finish(). The first
// mistake is kept; what is asked after it gives fallbacks. Negative numbers are
// positional arguments. One thread.
#pragma once

#include <climits>
#include <string>
#include <vector>

#include "lars_client.h"

namespace lars {

class tool_args {
public:
    // USAGE is what follows the program's name, and any explanation below it.
    tool_args(int argc, char **argv, const std::string &usage);

    std::string option(const std::string &name, const std::string &fallback);
    int option_number(const std::string &name, int fallback, int lowest, int highest);
    bool flag(const std::string &name);

    // The agent of --agent and --port, else of the environment's LARS_AGENT=ip:port,
    // else the default. Each thread makes its client from it.
    void ask_agent();
    lars_client make_client() const { return lars_client(_agent_ip, _agent_port); }

    // A positional argument; with a fallback, one that may be left out.
    std::string text(const std::string &name);
    std::string ip(const std::string &name);
    int number(const std::string &name, int lowest = INT_MIN, int highest = INT_MAX);
    int number_or(const std::string &name, int fallback, int lowest, int highest);

    // False if the program must end now with exit_status(): --help was asked
    // for and is printed, or something was wrong and is explained on stderr.
    bool finish();
    int exit_status() const { return _help ? 0 : 2; }

private:
    void reject(const std::string &why);
    void check_ip(const std::string &name, const std::string &value);
    int to_number(const std::string &name, const std::string &value, int lowest, int highest);

    std::string _program;
    std::string _usage;
    std::vector<std::string> _args;
    std::string _mistake;
    bool _help = false;
    std::string _agent_ip = "127.0.0.1";
    int _agent_port = lars_client::DEFAULT_PORT;
};

// What every tool's usage says of ask_agent's options.
extern const char *const AGENT_USAGE;

}  // namespace lars
