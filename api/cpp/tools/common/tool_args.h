// The arguments of a tool: options ("--name value" or "--name=value") first
// asked for, then the positional ones in their order, then finish(). The first
// mistake is kept; what is asked after it gives fallbacks. Negative numbers are
// positional arguments. One thread.
#pragma once

#include <climits>
#include <optional>
#include <string>
#include <vector>

#include "lars_client.h"

namespace lars {

struct tool_module {
    int modid = 0;
    int cmdid = 0;

    std::string to_string() const  // "(1,2)"
    {
        return "(" + std::to_string(modid) + "," + std::to_string(cmdid) + ")";
    }
};

class tool_args {
public:
    // The usage: SYNOPSIS follows the program's name, DETAILS are whole lines
    // below it.
    tool_args(int argc, char **argv, const std::string &synopsis, const std::string &details = "");

    // Nothing where it is not given.
    std::optional<int> option_number(const std::string &name, int lowest = INT_MIN,
                                     int highest = INT_MAX);
    bool flag(const std::string &name);

    // The agent of --agent and --port, else of the environment's LARS_AGENT=ip:port,
    // else the default; the usage gets lines that say so. Each thread makes its
    // client from it.
    void ask_agent();
    lars_client make_client() const { return lars_client(_agent_ip, _agent_port); }

    // A positional argument; with a fallback, one that may be left out.
    std::string text(const std::string &name);
    std::string ip(const std::string &name);
    int number(const std::string &name, int lowest = INT_MIN, int highest = INT_MAX);
    int number_or(const std::string &name, int fallback, int lowest, int highest);
    tool_module module();  // MODID CMDID

    // False if the program must end now with exit_status(): --help was asked
    // for and is printed, or something was wrong and is explained on stderr.
    bool finish();
    int exit_status() const { return _help ? 0 : 2; }

    // Says what CLIENT's last call gave instead of what was wanted: the name of
    // RETCODE on stdout, and on stderr the client's error, if it has one. Returns
    // main's exit status, 1.
    int refused(int retcode, const lars_client &client) const;

private:
    std::string usage() const;
    std::optional<std::string> option(const std::string &name);
    void reject(const std::string &why);
    void check_ip(const std::string &name, const std::string &value);
    int to_number(const std::string &name, const std::string &value, int lowest, int highest);

    std::string _program;
    std::string _synopsis;
    std::string _details;
    std::vector<std::string> _args;
    std::string _mistake;
    bool _help = false;
    std::string _agent_ip = "127.0.0.1";
    int _agent_port = lars_client::DEFAULT_PORT;
};

}  // namespace lars
