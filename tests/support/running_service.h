// A service of ours as a process, with a configuration that the test composes.
// Ports are free ones, found at the first start and kept for later starts.
// One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "database.h"
#include "process.h"
#include "temp_dir.h"

namespace lars::test {

class running_service {
public:
    explicit running_service(std::string program) : _program(std::move(program)) {}

    void set(const std::string &section, const std::string &key, const std::string &value);
    void unset(const std::string &section, const std::string &key);
    // What later starts give it beside its configuration, such as "-l", "FILE".
    void set_arguments(std::vector<std::string> more) { _more_arguments = std::move(more); }
    // A program and its first arguments, which later starts run to run the service.
    void set_runner(std::vector<std::string> runner) { _runner = std::move(runner); }
    void use_database(const db_options &options);

    // True once it serves. On a failure the test has its output.
    bool start();
    // SIGTERM; the exit status, or nothing if it does not end.
    std::optional<int> stop() { return _process.terminate(); }

    // Of the first address that it serves.
    uint16_t port() const { return _addresses.empty() ? 0 : _addresses[0].port; }
    const std::vector<served_address> &addresses() const { return _addresses; }

    class process &process() { return _process; }
    std::string write_config();
    const temp_dir &folder() const { return _folder; }

private:
    std::string _program;
    std::vector<std::string> _more_arguments;
    std::vector<std::string> _runner;
    std::map<std::string, std::map<std::string, std::string>> _config;
    temp_dir _folder;
    class process _process;
    std::vector<served_address> _addresses;
};

// With the sections that each needs. The interval keys are short, so that tests
// need not wait.
class dns_service : public running_service {
public:
    explicit dns_service(const db_options &options);
};

class reporter_service : public running_service {
public:
    explicit reporter_service(const db_options &options);
};

class agent_service : public running_service {
public:
    agent_service(uint16_t dns_port, uint16_t reporter_port);
};

}  // namespace lars::test
