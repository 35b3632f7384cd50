// What the main function of every service does: command line, configuration, log,
// signals, telling others that it serves, and an end that loses nothing.
//
//     int main(int argc, char **argv)
//     {
//         return run_service<agent>(argc, argv, INFO, read_agent_options);
//     }
#pragma once

#include <functional>
#include <vector>

#include "endpoint.h"
#include "event_loop.h"
#include "service_arguments.h"
#include "status.h"

namespace lars {

// What a service gets to live in. Each call in the loop's thread.
struct service_context {
    event_loop *loop;  // runs from just after start() until the service has stopped

    // The service calls this once, when it serves at ADDRESSES: from start() or later.
    std::function<void(const std::vector<endpoint> &addresses)> serving;

    // The service cannot go on: the loop ends, and the program says why.
    std::function<void(const status &why)> failed;
};

// The part of run_service that is the same for every service.
class service_runner {
public:
    struct callbacks {
        std::function<status()> start;
        // Reads the configuration in PATH and takes it, or nothing of it.
        std::function<status(const std::string &path)> reload;
        std::function<void(std::function<void()> done)> stop;
    };

    service_runner(const service_info &info, const service_arguments &arguments);

    service_context context();
    // Returns main's exit status.
    int run(const callbacks &service);

private:
    void announce(const std::vector<endpoint> &addresses);
    void stop(const callbacks &service);
    void reload(const callbacks &service);
    int refuse(const status &why) const;

    service_info _info;
    service_arguments _arguments;
    event_loop _loop;
    status _failed;
    bool _stopping = false;
};

// Writes "ready IP:PORT ..." to FD and closes it, unless that is stdout or stderr.
// Does nothing where FD is negative.
void announce_ready(int fd, const std::vector<endpoint> &addresses);

// Says on stderr why a configuration is refused; returns main's exit status.
int refuse_configuration(const service_info &info, const status &why);
// Says that -t found nothing wrong; returns main's exit status.
int approve_configuration(const service_info &info, const std::string &path);

// Runs a service until SIGTERM or SIGINT has ended it, and returns main's exit
// status. SERVICE is a class with
//
//     using options = ...;
//     SERVICE(const service_context &context, const options &o);
//     status start();                           // before the loop runs
//     void reload(const options &fresh);        // SIGHUP: takes what can change
//     void stop(std::function<void()> done);    // ends gracefully, then calls DONE
//
// all called in the loop's thread. READ reads its options from a file; where they
// are wrong the service is not started, or goes on with those it has.
template <typename service>
int run_service(int argc, char **argv, const service_info &info,
                status (*read)(const std::string &path, typename service::options *out))
{
    service_arguments arguments;
    if (const auto exit_status = parse_arguments(argc, argv, info, &arguments))
        return *exit_status;
    typename service::options options;
    if (const status s = read(arguments.config_path, &options); !s)
        return refuse_configuration(info, s);
    if (arguments.check_only)
        return approve_configuration(info, arguments.config_path);

    service_runner runner(info, arguments);
    service served(runner.context(), options);
    const auto reload = [&served, read](const std::string &path) {
        typename service::options fresh;
        const status s = read(path, &fresh);
        if (s)
            served.reload(fresh);
        return s;
    };
    return runner.run({[&served] { return served.start(); }, reload,
                       [&served](std::function<void()> done) { served.stop(std::move(done)); }});
}

}  // namespace lars
