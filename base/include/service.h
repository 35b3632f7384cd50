// What the main function of every service does the same way: command line,
// configuration file, signals, telling others that it is ready.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "endpoint.h"
#include "event_loop.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

struct service_info {
    std::string name;    // the program, "lars_dns"; its configuration is name.conf
    std::string folder;  // the part of the source tree whose conf/ holds that
    std::string what;    // one line for --help
};

struct service_arguments {
    std::string config_path;
    bool check_only = false;
    int ready_fd = -1;
};

// Reads the command line. A number: main returns it at once (help and version
// are printed, or a mistake was named on stderr).
std::optional<int> parse_arguments(int argc, char **argv, const service_info &info,
                                   service_arguments *out);

// Every connection needs an fd: takes as many as the system lets us have.
void raise_fd_limit();

// Says on stderr why a configuration is refused; returns main's exit status, 2.
int refuse_configuration(const service_info &info, const status &why);
// Says that -t found nothing wrong; returns main's exit status, 0.
int approve_configuration(const service_info &info, const std::string &path);

// All that comes before a service starts: the command line, then READ, which is
// "status read(const std::string &path, OPTIONS *out)". A number: as above.
template <typename options_type, typename read_function>
std::optional<int> configure(int argc, char **argv, const service_info &info, read_function read,
                             service_arguments *arguments, options_type *options)
{
    if (const auto exit_status = parse_arguments(argc, argv, info, arguments))
        return exit_status;
    if (const status s = read(arguments->config_path, options); !s)
        return refuse_configuration(info, s);
    if (arguments->check_only)
        return approve_configuration(info, arguments->config_path);
    raise_fd_limit();
    return std::nullopt;
}

// For SIGHUP: the new options; nothing, and a log line, where they are wrong.
template <typename options_type, typename read_function>
std::optional<options_type> read_again(const service_arguments &arguments, read_function read,
                                       const log_sink &log)
{
    options_type fresh;
    if (const status s = read(arguments.config_path, &fresh); !s) {
        log(log_level::error, "configuration stays as it was: " + s.message());
        return std::nullopt;
    }
    return fresh;
}

// Says why a service cannot start; returns main's exit status, 1.
int refuse_to_start(const service_info &info, const status &why);

// Writes "ready IP:PORT ..." to FD and closes it, unless it is stdout or stderr;
// nothing where FD is negative.
void announce_ready(int fd, const std::vector<endpoint> &addresses);

// SIGTERM and SIGINT call on_stop, SIGHUP calls on_reload, in the loop. Make it
// before any thread is started, so that no thread takes the signals.
class signal_watcher {
public:
    // LOOP outlives this.
    signal_watcher(event_loop *loop, std::function<void()> on_stop,
                   std::function<void()> on_reload);
    ~signal_watcher();

    status start();

private:
    void on_signal();

    event_loop *_loop;
    std::function<void()> _on_stop;
    std::function<void()> _on_reload;
    unique_fd _fd;
};

}  // namespace lars
