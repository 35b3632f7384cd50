// Programs in child processes, their leaks and their races.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "journal.h"
#include "parts.h"
#include "testing.h"

#if KIT_ASAN
#include <sanitizer/lsan_interface.h>
static bool leaked() { return __lsan_do_recoverable_leak_check() != 0; }
#else
static bool leaked() { return false; }
#endif

// The exit statuses of a program that leaked, and of one that raced.
static const int LEAKED = 23, RACED = 66;

// ThreadSanitizer has just printed what it found. In a program of a test that is the end of the
// program, and so a failure of its test; in the tests' own process see main.cpp.
static bool in_program = false;
#if KIT_TSAN
static std::atomic<int> races(0);

extern "C" void __tsan_on_report(void *)
{
    if (in_program) {
        syscall(SYS_exit_group, RACED);   // _exit would wait for the report that is being made
    }
    races++;
}
#endif

// Ends a program without asking ThreadSanitizer, who remembers what it found before the fork.
[[noreturn]] static void end_program(int status)
{
#if KIT_TSAN
    syscall(SYS_exit_group, status);
#endif
    _exit(status);
}

namespace kit {

int new_races()
{
#if KIT_TSAN
    return races.exchange(0);
#else
    return 0;
#endif
}

// How a program ended, from what waitpid says of it.
static std::string ending(int status)
{
    if (WIFSIGNALED(status)) {
        return std::string("it was ended by the signal ") + strsignal(WTERMSIG(status));
    }
    switch (WEXITSTATUS(status)) {
    case 0: return "it ended by itself";
    case LEAKED: return "it leaked memory";
    case RACED: return "ThreadSanitizer found a data race";
    default: return "it ended with status " + std::to_string(WEXITSTATUS(status));
    }
}

child::child(const program &body, wait_for wait)
{
    std::string how;
    for (int attempt = 0; attempt < 3; attempt++) {
        start(body);
        if (wait == NOTHING) {
            return;
        }
        quiet inner;
        bool up = false, ended = false;
        eventually([&] {
            up = is_served(port);
            ended = exited(&_status);
            return up || ended;
        });
        if (up) {
            return;
        }
        how = ended ? ": " + ending(_status) : " for " + seconds(patience_ms());
        stop();
        // Somebody else may have taken the port between the look and the bind.
        if (!ended || is_free(port)) {
            break;
        }
    }
    ADD_FAILURE() << "nobody listened on the port that the program was given" << how << printed_so_far();
}

void child::start(const program &body)
{
    int control[2];
    if (pipe2(control, O_CLOEXEC) == -1) {
        throw std::runtime_error("pipe2");
    }
    port = free_port();
    _output = memfd_create("output", 0);
    _done = false;
    fflush(nullptr);
    pid_t parent = getpid();
    pid = fork();
    if (pid == 0) {
        in_program = true;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(1);
        }
        alarm(0);
        close(control[1]);
        dup2(_output, 1);
        dup2(_output, 2);
        close(_output);
        fcntl(1, F_SETFL, O_APPEND);
        setvbuf(stdout, nullptr, _IONBF, 0);
        // Waits for the order to stop: no interface of the course has one.
        std::thread([fd = control[0]] {
            char byte;
            while (read(fd, &byte, 1) == -1 && errno == EINTR) {
            }
            end_program(leaked() ? LEAKED : 0);
        }).detach();
        body(port);
        fflush(nullptr);
        end_program(leaked() ? LEAKED : 0);
    }
    close(control[0]);
    _control = control[1];
    fcntl(_output, F_SETFL, O_APPEND);
}

bool child::exited(int *status)
{
    if (!_done && waitpid(pid, status, WNOHANG) == pid) {
        _done = true;
        _status = *status;
    }
    return _done;
}

std::string child::ended_early()
{
    int status = 0;
    return !_to_end && pid > 0 && exited(&status) ? "the program had ended by then: " + ending(_status) : "";
}

int child::wait()
{
    _to_end = true;
    int status = 0;
    if (!eventually([&] { return exited(&status); })) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        _done = true;
        _status = status;
        return -1;
    }
    return WIFEXITED(_status) ? WEXITSTATUS(_status) : -1;
}

int child::stop()
{
    if (_control != -1) {
        close(_control);
        _control = -1;
    }
    return wait();
}

child::~child()
{
    bool asked = _control == -1;
    if (!asked && !_done) {
        if (stop() != 0) {
            ADD_FAILURE() << "the program was not in good health at the end of the test: " << ending(_status) << printed_so_far();
        }
    } else if (!asked) {
        close(_control);
    }
    close(_output);
}

std::string child::output() const
{
    std::string all;
    char buf[4096];
    ssize_t n;
    while ((n = pread(_output, buf, sizeof buf, static_cast<off_t>(all.size()))) > 0) {
        all.append(buf, static_cast<size_t>(n));
    }
    return all;
}

bool child::printed(const std::string &text)
{
    bool found;
    {
        quiet inner;
        found = eventually([&] { return output().find(text) != std::string::npos; });
    }
    note("the program", shown_output(found, text, output()));
    return found;
}

std::string child::printed_so_far() const
{
    std::string all = output();
    return all.empty() ? "" : "\nit printed:\n" + all;
}

static int entries(const std::string &folder)
{
    int n = 0;
    if (DIR *dir = opendir(folder.c_str())) {
        while (dirent *entry = readdir(dir)) {
            n += entry->d_name[0] != '.';
        }
        closedir(dir);
    }
    return n;
}

bool child::has_threads(int n) const
{
    // One more waits for the order to stop; ThreadSanitizer has some of its own.
#if KIT_TSAN
    int others = 3;
#else
    int others = 1;
#endif
    return eventually([&] {
        int all = entries("/proc/" + std::to_string(pid) + "/task");
        return all > n && all <= n + others;
    });
}

int child::fds() const
{
    return entries("/proc/" + std::to_string(pid) + "/fd");
}

// Each of its threads sleeps now.
static bool asleep(pid_t pid)
{
    std::string folder = "/proc/" + std::to_string(pid) + "/task";
    DIR *dir = opendir(folder.c_str());
    bool all = dir != nullptr;
    while (dirent *entry = all ? readdir(dir) : nullptr) {
        if (entry->d_name[0] != '.') {
            std::string id, name, state;
            std::ifstream stat(folder + "/" + entry->d_name + "/stat");
            stat >> id >> name >> state;
            all = state == "S";
        }
    }
    if (dir != nullptr) {
        closedir(dir);
    }
    return all;
}

bool child::comes_to_rest() const
{
    int looks = 0;
    bool rests;
    {
        quiet inner;
        rests = eventually([&] {
            looks = asleep(pid) ? looks + 1 : 0;
            return looks == 20;
        });
    }
    note("the program", rests ? "slept" : "never slept for " + seconds(patience_ms()));
    return rests;
}

long child::rss_kb() const
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    std::string word;
    while (in >> word) {
        if (word == "VmRSS:") {
            long kb;
            in >> kb;
            return kb;
        }
    }
    return -1;
}

}  // namespace kit
