// What the main function of every service does: it reads the command line and the
// configuration, sets up log and signals, says when the service serves, and ends it
// so that nothing is lost.
//
//     int main(int argc, char **argv)
//     {
//         return run_service<agent>(argc, argv, INFO, read_agent_options);
//     }
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "endpoint.h"
#include "event_loop.h"
#include "log_writer.h"
#include "service_arguments.h"
#include "status.h"

namespace lars {

// What a service gets from the program that it lives in. To be used in the loop's
// thread only.
struct service_context {
    // Runs from just after start() until the service has stopped. It stays
    // run_service's, and outlives the service.
    event_loop *loop;

    // The service calls this once, in start() or later, when it serves at ADDRESSES.
    // The log says so, and whoever gave --ready-fd is told.
    std::function<void(const std::vector<endpoint> &addresses)> serving;

    // The service calls this when it cannot go on. The loop ends, and the program
    // says WHY on stderr and exits with status 1.
    std::function<void(const status &why)> failed;

    // For operators. How many lines of the log were lost (log_writer.h).
    std::function<uint64_t()> lost_log_lines;
};

// The part of run_service that is the same for every service. Its calls are made in
// the main thread.
class service_runner {
public:
    // What the runner asks of the service, in the loop's thread.
    struct callbacks {
        std::function<status()> start;
        // Reads the configuration in PATH and takes it, or nothing of it.
        std::function<status(const std::string &path)> reload;
        std::function<void(std::function<void()> done)> stop;
    };

    // Raises the limit on open files as far as the system lets us.
    service_runner(const service_info &info, const service_arguments &arguments);

    // What the service is made with. It refers to this runner.
    service_context context();
    // Starts the service and runs the loop until the service has stopped or failed.
    // Returns main's exit status: 0, or 1 after saying on stderr what failed.
    int run(const callbacks &service);

private:
    void announce(const std::vector<endpoint> &addresses);
    void stop(const callbacks &service);
    void reload(const callbacks &service);
    int refuse(const status &why) const;

    service_info _info;
    service_arguments _arguments;
    log_writer _log;
    event_loop _loop;
    status _outcome;
    bool _stopping = false;
};

// Any thread. Writes "ready IP:PORT ..." to FD, and closes FD unless it is stdin,
// stdout or stderr. Does nothing if FD is negative. That nobody reads it is no error.
void announce_ready(int fd, const std::vector<endpoint> &addresses);

// For run_service. Says on stderr why a configuration is refused. Returns main's exit
// status, 2.
int refuse_configuration(const service_info &info, const status &why);
// For run_service. Says on stdout that -t found nothing wrong. Returns main's exit
// status, 0.
int approve_configuration(const service_info &info, const std::string &path);

// To be called in the main thread, before there are others. Runs a service until
// SIGTERM or SIGINT has ended it, and returns main's exit status. SERVICE is a class
// with
//
//     using options = ...;
//     SERVICE(const service_context &context, const options &o);
//     status start();                           // before the loop runs
//     void reload(const options &fresh);        // SIGHUP: takes what can change
//     void stop(std::function<void()> done);    // ends gracefully, then calls DONE
//
// which are all called in the loop's thread. start() may fail, and then the service is
// only destroyed. stop() is called once; DONE is called in it or later, and the
// service is destroyed after that. READ reads the options from the file PATH into a
// fresh *OUT. If they are wrong, the service is not started, or goes on with the
// options that it has.
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
