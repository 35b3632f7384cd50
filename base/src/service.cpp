#include "service.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "signal_watcher.h"

namespace lars {

int refuse_configuration(const service_info &info, const status &why)
{
    fprintf(stderr, "%s: %s\n", info.name.c_str(), why.message().c_str());
    return 2;
}

int approve_configuration(const service_info &info, const std::string &path)
{
    printf("%s: %s is right\n", info.name.c_str(), path.c_str());
    return 0;
}

// Every connection needs an fd: takes as many as the system lets us have.
static void raise_fd_limit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static std::string joined(const std::vector<endpoint> &addresses)
{
    std::string all;
    for (const endpoint &address : addresses)
        all += (all.empty() ? "" : " ") + address.to_string();
    return all;
}

void announce_ready(int fd, const std::vector<endpoint> &addresses)
{
    if (fd < 0)
        return;
    const std::string line = "ready " + joined(addresses) + "\n";
    // Whoever asked for it may have gone away; the service serves all the same.
    [[maybe_unused]] const ssize_t written = write(fd, line.data(), line.size());
    // The next socket must not become our stdout or stderr.
    if (fd > STDERR_FILENO)
        close(fd);
}

service_runner::service_runner(const service_info &info, const service_arguments &arguments)
    : _info(info), _arguments(arguments), _log(info.name), _loop(_log.sink())
{
    raise_fd_limit();
}

service_context service_runner::context()
{
    return {&_loop, [this](const std::vector<endpoint> &addresses) { announce(addresses); },
            [this](const status &why) {
                _outcome = why;
                _loop.stop();
            },
            [this] { return _log.lost(); }};
}

void service_runner::announce(const std::vector<endpoint> &addresses)
{
    _loop.log()(log_level::info, "serving on ", joined(addresses));
    announce_ready(_arguments.ready_fd, addresses);
}

int service_runner::run(const callbacks &service)
{
    signal_watcher signals(
        &_loop, {[&] { stop(service); }, [&] { reload(service); }, [this] { _log.reopen(); }});
    // Before any thread, so that none takes the signals.
    if (status s = signals.start(); !s)
        return refuse(s);
    if (!_arguments.log_path.empty()) {
        if (status s = _log.open(_arguments.log_path); !s)
            return refuse(s);
    }
    if (status s = _log.start(); !s)
        return refuse(s);
    if (status s = service.start(); !s)
        return refuse(s);
    if (status s = _loop.event_process(); !s)
        return refuse(s);
    if (!_outcome)
        return refuse(_outcome);
    _loop.log()(log_level::info, "stopped");
    return 0;
}

void service_runner::stop(const callbacks &service)
{
    if (std::exchange(_stopping, true))
        return;
    _loop.log()(log_level::info, "stopping");
    service.stop([this] { _loop.stop(); });
}

void service_runner::reload(const callbacks &service)
{
    _log.reopen();
    if (status s = service.reload(_arguments.config_path); !s) {
        _loop.log()(log_level::error, "configuration stays as it was: ", s.message());
        return;
    }
    _loop.log()(log_level::info, "configuration read again");
}

// Says why a service cannot start or go on. Signals are held back here, so nobody could end
// it while it waited for a pipe that nobody reads.
int service_runner::refuse(const status &why) const
{
    constexpr int WITHIN_MS = 1000;
    pollfd writable{STDERR_FILENO, POLLOUT, 0};
    if (poll(&writable, 1, WITHIN_MS) <= 0)
        return 1;
    fprintf(stderr, "%s: %s\n", _info.name.c_str(), why.message().c_str());
    return 1;
}

}  // namespace lars
