#include "signal_watcher.h"

#include <signal.h>
#include <sys/signalfd.h>

namespace lars {

signal_watcher::signal_watcher(event_loop *loop, std::function<void()> on_stop,
                               std::function<void()> on_reload)
    : _loop(loop), _on_stop(std::move(on_stop)), _on_reload(std::move(on_reload))
{
}

signal_watcher::~signal_watcher()
{
    if (_fd.valid())
        _loop->del_io_event(_fd.get());
}

status signal_watcher::start()
{
    sigset_t wanted;
    sigemptyset(&wanted);
    for (int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&wanted, signal);
    if (pthread_sigmask(SIG_BLOCK, &wanted, nullptr) != 0)
        return status::from_errno("pthread_sigmask");
    // Where a library writes to a closed socket, an error is better than death.
    signal(SIGPIPE, SIG_IGN);
    _fd.reset(signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!_fd.valid())
        return status::from_errno("signalfd");
    return _loop->add_io_event(_fd.get(), event_loop::READ, [this] { on_signal(); });
}

void signal_watcher::on_signal()
{
    signalfd_siginfo info{};
    while (read(_fd.get(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            _on_reload();
        else
            _on_stop();
    }
}

}  // namespace lars
