// A program that a test runs: its output is collected, and it never outlives
// the test. Start it from a thread that lives as long as the process should:
// the kernel kills it when that thread ends. One thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "status.h"

namespace lars::test {

using std::chrono::milliseconds;

struct process_options {
    std::vector<std::string> environment;  // "NAME=value", beside what the test has
    std::string folder;                    // to start in; empty: the test's own
    bool ready_fd = false;                 // adds "--ready-fd N" for wait_ready
};

struct served_address {
    std::string ip;
    uint16_t port = 0;
};

class process {
public:
    process() = default;
    // Kills and reaps the program itself if it still runs, not its children.
    ~process();
    process(const process &) = delete;
    process &operator=(const process &) = delete;

    // In a process group of its own, with nothing to read. A program that
    // cannot be run ends with exit status 127. Not while one runs.
    status start(const std::string &program, const std::vector<std::string> &arguments,
                 const process_options &options = {});

    pid_t pid() const { return _pid; }
    // False once its end was seen by running() or one of the waits.
    bool running();

    // Waits for output (stdout and stderr together) that holds TEXT, at or after
    // the offset FROM; false when the program closes its output or time is up.
    bool wait_for_output(const std::string &text, milliseconds within = milliseconds(10000),
                         size_t from = 0);
    std::string output() const;
    size_t output_size() const { return output().size(); }

    // The addresses of the line "ready IP:PORT ..."; empty if it never comes.
    std::vector<served_address> wait_ready(milliseconds within = milliseconds(20000));

    // The exit status, or 128 + the signal that ended it; nothing if it still
    // runs when time is up.
    std::optional<int> wait_exit(milliseconds within = milliseconds(20000));

    // SIGTERM, then wait_exit.
    std::optional<int> terminate(milliseconds within = milliseconds(20000));
    // SIGKILL, and reaps it.
    void kill();
    void signal(int number);
    // To everything in its process group: for scripts, which have children.
    void signal_group(int number);
    void pause();   // SIGSTOP, and waits until it has stopped
    void resume();  // SIGCONT

private:
    void collect();
    void finish_output();

    pid_t _pid = -1;
    int _pidfd = -1;
    int _output_fd = -1;
    int _wake_fd = -1;
    int _ready_fd = -1;
    std::optional<int> _exit_status;

    std::thread _collector;
    mutable std::mutex _mutex;
    std::condition_variable _more;
    std::string _output;
    bool _output_ended = false;
};

// Runs a program to its end. The exit status is -1 if that takes longer.
struct run_result {
    int exit_status = -1;
    std::string output;
};
run_result run(const std::string &program, const std::vector<std::string> &arguments,
               const process_options &options = {}, milliseconds within = milliseconds(30000));

}  // namespace lars::test
