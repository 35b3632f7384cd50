// What every service has to live through whatever becomes of its terminal, of its log
// and of its disk.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "paths.h"
#include "process.h"
#include "temp_dir.h"
#include "unique_fd.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

struct program {
    const char *name;
    const char *address;  // the lines that let it listen on any free port
};

const program DNS{"lars_dns", "[reactor]\nport = 0\n"};
const program REPORTER{"lars_reporter", "[reactor]\nport = 0\n"};
const program AGENT{"lars_lb_agent", "[agent]\nport = 0\nroute_cache =\n"};
const program WEB{"lars_web", "[web]\nport = 0\n"};

class ServiceSignals : public testing::TestWithParam<program> {
protected:
    // Nobody listens at port 1, so that nothing else is needed.
    std::string config(const std::string &more = "")
    {
        std::string text = GetParam().address + more;
        if (GetParam().name == std::string("lars_lb_agent"))
            text += "[dnsserver]\nport = 1\n[reporter]\nport = 1\n";
        else
            text += "[mysql]\ndb_user = lars\ndb_port = 1\n";
        return _folder.write("x.conf", text);
    }
    // True as soon as the process has taken that signal out of its queue.
    static bool takes(pid_t pid, int signal)
    {
        ::kill(pid, signal);
        const std::string file = "/proc/" + std::to_string(pid) + "/status";
        return wait_until([&] {
            const std::string text = read_text(file);
            const size_t at = text.find("ShdPnd:");
            if (at == std::string::npos)
                return false;
            const uint64_t pending = std::stoull(text.substr(at + 7), nullptr, 16);
            return (pending & (uint64_t{1} << (signal - 1))) == 0;
        });
    }
    // Before it watches for them, they would end it. What runs before it in that process,
    // a shell or a sanitizer, may hold back other signals for a moment.
    static bool watches(pid_t pid)
    {
        uint64_t watched = 0;
        for (int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1})
            watched |= uint64_t{1} << (signal - 1);
        const std::string file = "/proc/" + std::to_string(pid) + "/status";
        return wait_until([&] {
            const std::string text = read_text(file);
            const size_t at = text.find("SigBlk:");
            return at != std::string::npos &&
                   std::stoull(text.substr(at + 7), nullptr, 16) == watched;
        });
    }

    temp_dir _folder;
};

TEST_P(ServiceSignals, ALogThatNobodyReadsHoldsItUpInNothing)
{
    const std::string fifo = _folder.file("log");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const unique_fd reader(open(fifo.c_str(), O_RDONLY | O_NONBLOCK));
    process service;
    ASSERT_TRUE(service.start(
        "bash", {"-c", "exec " + bin_path(GetParam().name) + " -c " + config() + " 2>" + fifo}));
    ASSERT_TRUE(watches(service.pid()));
    // Each is refused in a line of ten kilobytes; a pipe holds 64.
    config("[" + std::string(10000, 's') + "]\nx = 1\n");
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(takes(service.pid(), SIGHUP)) << i;
    EXPECT_EQ(service.terminate(milliseconds(10000)), 0);
}

TEST_P(ServiceSignals, ATerminalThatWantsNoOutputFromTheBackgroundDoesNotStopIt)
{
    process service;
    ASSERT_TRUE(service.start(bin_path(GetParam().name), {"-c", config()}));
    ASSERT_TRUE(watches(service.pid()));
    ::kill(service.pid(), SIGTTOU);
    EXPECT_TRUE(takes(service.pid(), SIGHUP));
    EXPECT_EQ(service.terminate(), 0);
}

// Signals are held back by then, so that nobody could end it.
TEST_P(ServiceSignals, AFullPipeDoesNotHoldUpOneThatCannotStart)
{
    const std::string fifo = _folder.file("log");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const unique_fd reader(open(fifo.c_str(), O_RDONLY | O_NONBLOCK));
    const unique_fd writer(open(fifo.c_str(), O_WRONLY | O_NONBLOCK));
    while (write(writer.get(), "x", 1) == 1)
        continue;
    process service;
    ASSERT_TRUE(service.start("bash", {"-c", "exec " + bin_path(GetParam().name) + " -c " +
                                                 config() + " -l /no/folder/log 2>" + fifo}));
    EXPECT_EQ(service.wait_exit(milliseconds(10000)), 1);
}

TEST_P(ServiceSignals, ALogFileThatWasRenamedIsLeftAtBothSignals)
{
    const std::string log = _folder.file("log");
    process service;
    ASSERT_TRUE(service.start(bin_path(GetParam().name), {"-c", config(), "-l", log}));
    ASSERT_TRUE(watches(service.pid()));
    for (int signal : {SIGUSR1, SIGHUP}) {
        ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(log); })) << signal;
        std::filesystem::rename(log, log + ".1");
        ::kill(service.pid(), signal);
        EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(log); })) << signal;
    }
    EXPECT_EQ(service.terminate(), 0);
    EXPECT_NE(read_text(log).find(" stopped\n"), std::string::npos);
    EXPECT_EQ(service.output(), "");
}

// As logrotate's copytruncate does it, of which nobody is told.
TEST_P(ServiceSignals, ALogFileThatIsEmptiedGoesOnWithoutAHole)
{
    const std::string log = _folder.file("log");
    process service;
    ASSERT_TRUE(service.start(bin_path(GetParam().name), {"-c", config(), "-l", log}));
    ASSERT_TRUE(watches(service.pid()));
    ASSERT_TRUE(wait_until([&] { return !read_text(log).empty(); }));
    std::filesystem::resize_file(log, 0);
    EXPECT_EQ(service.terminate(), 0);
    const std::string rest = read_text(log);
    EXPECT_EQ(rest.find('\0'), std::string::npos);
    EXPECT_NE(rest.find(" stopped\n"), std::string::npos) << rest;
}

TEST_P(ServiceSignals, ALogFileThatCannotBeWrittenIsRefusedAtTheStart)
{
    const std::string log = _folder.file("no/folder");
    const run_result result = run(bin_path(GetParam().name), {"-c", config(), "-l", log});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("cannot write the log " + log), std::string::npos)
        << result.output;
}

TEST_P(ServiceSignals, AFileThatMayNotGrowIsNoReasonToDie)
{
    const std::string log = _folder.file("log");
    process service;
    ASSERT_TRUE(service.start(bin_path(GetParam().name), {"-c", config(), "-l", log}));
    ASSERT_TRUE(watches(service.pid()));
    ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(log); }));
    const rlimit none{0, 0};
    ASSERT_EQ(prlimit(service.pid(), RLIMIT_FSIZE, &none, nullptr), 0);
    std::filesystem::rename(log, log + ".1");
    // Said to a new file, into which nothing can be written.
    ASSERT_TRUE(takes(service.pid(), SIGHUP));
    EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(log); }));
    EXPECT_EQ(service.terminate(), 0);
    EXPECT_EQ(read_text(log), "");
}

// Starts it as the leader of a session with a terminal, whose other end is *MASTER.
pid_t start_in_terminal(const std::vector<std::string> &words, unique_fd *master)
{
    std::vector<char *> arguments;
    for (const std::string &word : words)
        arguments.push_back(const_cast<char *>(word.c_str()));
    arguments.push_back(nullptr);
    int fd = -1;
    const pid_t pid = forkpty(&fd, nullptr, nullptr, nullptr);
    if (pid == 0) {
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    master->reset(fd);
    return pid;
}

bool ends(pid_t pid, int *outcome)
{
    return wait_until([&] { return waitpid(pid, outcome, WNOHANG) == pid; });
}

TEST_P(ServiceSignals, ItReloadsInItsTerminalAndEndsWithIt)
{
    unique_fd terminal;
    const std::string log = _folder.file("log");
    const pid_t pid =
        start_in_terminal({bin_path(GetParam().name), "-c", config(), "-l", log}, &terminal);
    ASSERT_GT(pid, 0);
    ASSERT_TRUE(watches(pid));
    EXPECT_TRUE(takes(pid, SIGHUP));
    EXPECT_TRUE(wait_until(
        [&] { return read_text(log).find("configuration read again") != std::string::npos; }));
    terminal.reset();
    int outcome = -1;
    if (!ends(pid, &outcome)) {
        ADD_FAILURE() << "it lives on without its terminal";
        ::kill(pid, SIGKILL);
        waitpid(pid, &outcome, 0);
    }
    EXPECT_EQ(outcome, 0);
}

TEST_P(ServiceSignals, WithNohupItOutlivesItsTerminal)
{
    unique_fd terminal;
    const std::string log = _folder.file("log");
    const pid_t pid =
        start_in_terminal({"bash", "-c",
                           "exec nohup " + bin_path(GetParam().name) + " -c " + config() + " -l " +
                               log + " >" + _folder.file("out") + " 2>&1"},
                          &terminal);
    ASSERT_GT(pid, 0);
    ASSERT_TRUE(watches(pid));
    terminal.reset();
    // The hang-up is taken for a reload, which is no harm.
    EXPECT_TRUE(wait_until(
        [&] { return read_text(log).find("configuration read again") != std::string::npos; }));
    ::kill(pid, SIGTERM);
    int outcome = -1;
    EXPECT_TRUE(ends(pid, &outcome));
    EXPECT_EQ(outcome, 0);
    EXPECT_NE(read_text(log).find("configuration read again"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(EachOf, ServiceSignals, testing::Values(DNS, REPORTER, AGENT, WEB),
                         [](const testing::TestParamInfo<program> &service) {
                             return std::string(service.param.name);
                         });

}  // namespace
}  // namespace lars
