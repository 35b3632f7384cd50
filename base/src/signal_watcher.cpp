#include "signal_watcher.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace lars {

static bool has_terminal()
{
    return unique_fd(open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)).valid();
}

signal_watcher::signal_watcher(event_loop *loop, callbacks call)
    : _loop(loop), _call(std::move(call))
{
}

signal_watcher::~signal_watcher()
{
    if (_fd.valid())
        _loop->del_io_event(_fd.get());
}

status signal_watcher::start()
{
    struct sigaction hangup {};
    sigaction(SIGHUP, nullptr, &hangup);
    _ends_with_terminal = hangup.sa_handler != SIG_IGN && has_terminal();

    // Where a library writes to a closed socket, or a file reaches the limit of file
    // sizes, an error is better than death. And in the background a log line for a terminal
    // with "stty tostop" would stop the service.
    for (int harmful : {SIGPIPE, SIGXFSZ, SIGTTOU})
        signal(harmful, SIG_IGN);

    sigset_t wanted;
    sigemptyset(&wanted);
    for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1})
        sigaddset(&wanted, signal);
    if (pthread_sigmask(SIG_BLOCK, &wanted, nullptr) != 0)
        return status::from_errno("pthread_sigmask");
    _fd.reset(signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!_fd.valid())
        return status::from_errno("signalfd");
    return _loop->add_io_event(_fd.get(), event_loop::READ, [this] { on_signal(); });
}

// The kernel tells of it, and so may the shell.
bool signal_watcher::terminal_is_gone(int signal_code) const
{
    return _ends_with_terminal && (signal_code == SI_KERNEL || !has_terminal());
}

void signal_watcher::on_signal()
{
    signalfd_siginfo info{};
    while (read(_fd.get(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGUSR1)
            _call.reopen();
        else if (info.ssi_signo == SIGHUP && !terminal_is_gone(info.ssi_code))
            _call.reload();
        else
            _call.stop();
    }
}

}  // namespace lars
