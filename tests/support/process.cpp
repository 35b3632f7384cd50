#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lars::test {

namespace {

using steady = std::chrono::steady_clock;

// What the child needs between fork and exec, made before: between the two,
// only async-signal-safe calls are allowed.
struct exec_plan {
    std::vector<std::string> words;
    std::vector<std::string> settings;
    std::vector<char *> argv;
    std::vector<char *> envp;
    std::string folder;
    int output_fd = -1;
    int ready_fd = -1;
    pid_t parent = 0;
};

void fill_plan(exec_plan &plan, const process_options &options)
{
    for (char **setting = environ; *setting; ++setting) {
        const std::string_view name(*setting, strcspn(*setting, "="));
        bool replaced = false;
        for (const std::string &other : options.environment)
            replaced = replaced || other.compare(0, other.find('='), name) == 0;
        if (!replaced)
            plan.settings.emplace_back(*setting);
    }
    for (const std::string &setting : options.environment)
        plan.settings.push_back(setting);
    for (std::string &word : plan.words)
        plan.argv.push_back(&word[0]);
    for (std::string &setting : plan.settings)
        plan.envp.push_back(&setting[0]);
    plan.argv.push_back(nullptr);
    plan.envp.push_back(nullptr);
    plan.folder = options.folder;
    plan.parent = getpid();
}

[[noreturn]] void become(const exec_plan &plan)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != plan.parent)  // it died before the line above
        _exit(127);
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);

    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(plan.output_fd, STDOUT_FILENO);
    dup2(plan.output_fd, STDERR_FILENO);
    if (plan.ready_fd >= 0)
        fcntl(plan.ready_fd, F_SETFD, 0);
    if (plan.folder.empty() || chdir(plan.folder.c_str()) == 0)
        execvpe(plan.argv[0], plan.argv.data(), plan.envp.data());

    const char *why = strerror(errno);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", plan.argv[0], why);
    _exit(127);
}

int milliseconds_until(steady::time_point deadline)
{
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

// False when time is up first.
bool wait_readable(int fd, steady::time_point deadline)
{
    pollfd wanted{fd, POLLIN, 0};
    while (true) {
        const int ready = poll(&wanted, 1, milliseconds_until(deadline));
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

bool has_bytes(int fd)
{
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

void close_fd(int &fd)
{
    if (fd >= 0)
        close(fd);
    fd = -1;
}

}  // namespace

process::~process()
{
    kill();
    finish_output();
}

status process::start(const std::string &program, const std::vector<std::string> &arguments,
                      const process_options &options)
{
    kill();
    finish_output();
    _output.clear();
    _output_ended = false;
    _exit_status.reset();

    int output[2];
    int ready[2] = {-1, -1};
    if (pipe2(output, O_CLOEXEC) != 0 || (options.ready_fd && pipe2(ready, O_CLOEXEC) != 0))
        return status::from_errno("pipe");
    _output_fd = output[0];
    _ready_fd = ready[0];
    _wake_fd = eventfd(0, EFD_CLOEXEC);

    exec_plan plan;
    plan.words = {program};
    plan.words.insert(plan.words.end(), arguments.begin(), arguments.end());
    if (options.ready_fd) {
        plan.words.push_back("--ready-fd");
        plan.words.push_back(std::to_string(ready[1]));
    }
    plan.output_fd = output[1];
    plan.ready_fd = ready[1];
    fill_plan(plan, options);

    _pid = fork();
    if (_pid == 0)
        become(plan);
    close(output[1]);
    close_fd(ready[1]);
    if (_pid < 0)
        return status::from_errno("fork");
    // The child does it too: whoever comes first.
    setpgid(_pid, _pid);
    _pidfd = static_cast<int>(syscall(SYS_pidfd_open, _pid, 0));
    if (_pidfd < 0)
        return status::from_errno("pidfd_open");
    _collector = std::thread([this] { collect(); });
    return {};
}

// Takes the output off the pipe all the time, so that the program never blocks.
void process::collect()
{
    while (true) {
        pollfd wanted[2] = {{_output_fd, POLLIN, 0}, {_wake_fd, POLLIN, 0}};
        if (poll(wanted, 2, -1) < 0 && errno == EINTR)
            continue;
        char piece[4096];
        // Also around read: what is no longer in the pipe is in _output.
        const std::lock_guard<std::mutex> lock(_mutex);
        const ssize_t got = wanted[0].revents ? read(_output_fd, piece, sizeof piece) : -1;
        if (got > 0)
            _output.append(piece, static_cast<size_t>(got));
        else if (got == 0 || wanted[1].revents)
            _output_ended = true;
        _more.notify_all();
        if (_output_ended)
            return;
    }
}

// A child of the program may still hold the pipe, so its end may never come.
void process::finish_output()
{
    if (_collector.joinable()) {
        eventfd_write(_wake_fd, 1);
        _collector.join();
    }
    close_fd(_output_fd);
    close_fd(_wake_fd);
    close_fd(_ready_fd);
}

bool process::running()
{
    return _pid > 0 && !wait_exit(milliseconds(0));
}

bool process::wait_for_output(const std::string &text, milliseconds within, size_t from)
{
    std::unique_lock<std::mutex> lock(_mutex);
    const auto found = [&] { return _output.find(text, from) != std::string::npos; };
    // By the system clock: gcc 12's TSan does not know the call for the other one.
    _more.wait_until(lock, std::chrono::system_clock::now() + within,
                     [&] { return _output_ended || found(); });
    return found();
}

std::string process::output() const
{
    const std::lock_guard<std::mutex> lock(_mutex);
    return _output;
}

std::vector<served_address> process::wait_ready(milliseconds within)
{
    const auto deadline = steady::now() + within;
    std::string line;
    char c = 0;
    while (_ready_fd >= 0 && wait_readable(_ready_fd, deadline)) {
        if (read(_ready_fd, &c, 1) != 1 || c == '\n')
            break;
        line += c;
    }
    if (c != '\n' || line.compare(0, 6, "ready ") != 0)
        return {};

    std::vector<served_address> addresses;
    for (size_t at = 6; at < line.size();) {
        const size_t end = std::min(line.find(' ', at), line.size());
        const std::string word = line.substr(at, end - at);
        const size_t colon = word.rfind(':');
        if (colon == std::string::npos)
            return {};
        addresses.push_back(
            {word.substr(0, colon), static_cast<uint16_t>(std::atoi(word.c_str() + colon + 1))});
        at = end + 1;
    }
    return addresses;
}

std::optional<int> process::wait_exit(milliseconds within)
{
    if (_pid <= 0)
        return _exit_status;
    if (!wait_readable(_pidfd, steady::now() + within))
        return std::nullopt;
    int how = 0;
    if (waitpid(_pid, &how, 0) != _pid)
        return std::nullopt;
    _exit_status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
    _pid = -1;
    close_fd(_pidfd);

    // What it wrote last is still in the pipe, and is waited for, however slow the machine is.
    // A child of its own may hold the pipe open, so its end is not waited for long.
    std::unique_lock<std::mutex> lock(_mutex);
    const auto ended = [this] { return _output_ended; };
    for (int tries = 0; tries < 40 && !ended() && (tries == 0 || has_bytes(_output_fd)); ++tries)
        _more.wait_until(lock, std::chrono::system_clock::now() + milliseconds(500), ended);
    return _exit_status;
}

std::optional<int> process::terminate(milliseconds within)
{
    signal(SIGTERM);
    return wait_exit(within);
}

void process::kill()
{
    if (_pid <= 0)
        return;
    signal(SIGKILL);
    wait_exit(milliseconds(60000));
}

void process::signal(int number)
{
    if (_pid > 0)
        ::kill(_pid, number);
}

void process::signal_group(int number)
{
    if (_pid > 0)
        ::kill(-_pid, number);
}

void process::pause()
{
    signal(SIGSTOP);
    siginfo_t info{};
    if (_pid > 0)
        waitid(P_PID, static_cast<id_t>(_pid), &info, WSTOPPED);
}

void process::resume()
{
    signal(SIGCONT);
}

run_result run(const std::string &program, const std::vector<std::string> &arguments,
               const process_options &options, milliseconds within)
{
    process child;
    run_result result;
    if (status s = child.start(program, arguments, options); !s) {
        result.output = s.message();
        return result;
    }
    result.exit_status = child.wait_exit(within).value_or(-1);
    result.output = child.output();
    return result;
}

}  // namespace lars::test
