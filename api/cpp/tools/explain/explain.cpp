// Why does the agent treat the hosts of a module as it does? Asks it and prints that.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include "account.h"
#include "explain_client.h"
#include "tool_args.h"

namespace lars {
namespace {

using timer = std::chrono::steady_clock;

constexpr std::chrono::seconds INTERVAL(1);
// An agent's clock stands still for as long as it handles a batch of messages.
constexpr std::chrono::milliseconds TOLERANCE(200);

// Prints an account each second, until a signal ends the program.
class watcher {
public:
    explicit watcher(explain_client &client)
        : _client(client), _terminal(isatty(STDOUT_FILENO) != 0)
    {
    }

    void run()
    {
        auto next = timer::now();
        while (true) {
            refresh();
            // After a deadline that was waited for, not all that was missed at once.
            next = std::max(next + INTERVAL, timer::now());
            std::this_thread::sleep_until(next);
        }
    }

private:
    void refresh()
    {
        ExplainResponse answer;
        const timer::time_point asked = timer::now();
        const bool answered = _client.ask(&answer);
        const wall_time now = std::chrono::system_clock::now();
        if (answered)
            show(news(answer, asked, now) + account_of(answer, _client.agent(), now));
        else if (_terminal || _trouble != _client.error())
            show(time_text(now, now) + " " + _client.error() + "; it is asked again each second\n");
        _trouble = answered ? "" : _client.error();
    }

    // What has happened to the agent since its last answer.
    std::string news(const ExplainResponse &answer, timer::time_point asked, wall_time now)
    {
        // The answer is from between the question and now, so its start is, too.
        const std::chrono::milliseconds running(answer.running_ms());
        if (_started && asked - running > *_started + TOLERANCE)
            _restarted = "The agent was restarted at " + time_text(now - running, now) +
                         ": what it had counted is gone.\n";
        else if (!_terminal)
            _restarted.clear();
        _started = timer::now() - running;
        return _restarted;
    }

    void show(const std::string &text)
    {
        std::printf("%s%s\n", _terminal ? "\033[H\033[2J" : "", text.c_str());
        std::fflush(stdout);
    }

    explain_client &_client;
    bool _terminal;
    std::string _trouble;                       // of the last refresh; empty: it was answered
    std::optional<timer::time_point> _started;  // the agent, at the latest; none: not known yet
    std::string _restarted;                     // what is said of that
};

}  // namespace
}  // namespace lars

int main(int argc, char **argv)
{
    lars::tool_args args(argc, argv, "MODID CMDID [--watch]",
                         "Exit status 1: the agent does not answer, or does not know the module.\n"
                         "  --watch               prints it anew each second, until Ctrl-C\n"
                         "  --version             prints the version\n");
    args.ask_agent();
    const bool watch = args.flag("--watch");
    const lars::tool_module module = args.module();
    if (!args.finish())
        return args.exit_status();

    lars::explain_client client(args.agent_ip(), args.agent_port(), module);
    if (watch)
        lars::watcher(client).run();
    lars::ExplainResponse answer;
    if (!client.ask(&answer)) {
        std::fprintf(stderr, "%s: %s\n", args.program().c_str(), client.error().c_str());
        return 1;
    }
    std::printf("%s",
                lars::account_of(answer, client.agent(), std::chrono::system_clock::now()).c_str());
    if (std::fflush(stdout) != 0) {
        std::fprintf(stderr, "%s: cannot write the account\n", args.program().c_str());
        return 1;
    }
    return answer.known() ? 0 : 1;
}
