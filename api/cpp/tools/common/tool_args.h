// The arguments of a tool. It is asked first for the options ("--name value" or
// "--name=value"), then for the positional arguments in their order; a negative number
// is one of these. Then finish() tells whether all was right: the first mistake is kept,
// and what is asked for after it may be any value that is allowed. One thread.
#pragma once

#include <climits>
#include <optional>
#include <string>
#include <vector>

#include "lars_client.h"

namespace lars {

// A module, as a tool is told it. (The tools use the client library alone, which has no
// word for it.)
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

    // The value of the option, a number in that range; nothing if it is not given.
    std::optional<int> option_number(const std::string &name, int lowest = INT_MIN,
                                     int highest = INT_MAX);
    // Whether the option, which has no value, is given.
    bool flag(const std::string &name);

    // Asks for the agent: that of --agent and --port, else of LARS_AGENT=ip:port in the
    // environment, else the default. The usage gets lines that say so.
    void ask_agent();
    // Any thread, after finish(). A client of that agent; each thread makes its own.
    lars_client make_client() const { return lars_client(_agent_ip, _agent_port); }
    // Likewise, for a tool that asks what a client does not: where that agent is.
    const std::string &agent_ip() const { return _agent_ip; }
    int agent_port() const { return _agent_port; }
    // The name that the program was called by.
    const std::string &program() const { return _program; }

    // The next positional argument: a text, an IPv4 address, a number in that range, or
    // MODID and CMDID. One that has a fallback may be left out. NAME is what the usage
    // calls it.
    std::string text(const std::string &name);
    std::string ip(const std::string &name);
    int number(const std::string &name, int lowest = INT_MIN, int highest = INT_MAX);
    int number_or(const std::string &name, int fallback, int lowest, int highest);
    tool_module module();

    // Notes WHY, a mistake that the tool itself has found; the first one counts.
    void reject(const std::string &why);

    // False if the program has to end now, with exit_status(): --help or --version was
    // asked for and is printed, or something is wrong, which stderr says.
    bool finish();
    int exit_status() const { return _help || _version ? 0 : 2; }

    // Says that CLIENT's last call returned RETCODE instead of RET_SUCC: its name on
    // stdout, and on stderr the client's error, if it has one. Returns main's exit
    // status, 1.
    int refused(int retcode, const lars_client &client) const;

private:
    std::string usage() const;
    std::optional<std::string> option(const std::string &name);
    void check_ip(const std::string &name, const std::string &value);
    int to_number(const std::string &name, const std::string &value, int lowest, int highest);

    std::string _program;
    std::string _synopsis;
    std::string _details;
    std::vector<std::string> _args;
    std::string _mistake;
    bool _help = false;
    bool _version = false;
    std::string _agent_ip = "127.0.0.1";
    int _agent_port = lars_client::DEFAULT_PORT;
};

}  // namespace lars
