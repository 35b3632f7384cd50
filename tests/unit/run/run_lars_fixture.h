// The script run_lars as a process, with services that are scripts too, in a folder and on
// ports of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "database.h"
#include "free_port.h"
#include "paths.h"
#include "process.h"
#include "temp_dir.h"
#include "wait_until.h"

namespace lars::test {

using words = std::vector<std::string>;

inline bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

class RunLars : public testing::Test {
protected:
    RunLars()
    {
        for (const char *name : {"lars_dns", "lars_reporter", "lars_lb_agent"})
            service(name, "echo 'ready 127.0.0.1:1' >&\"$4\"; exec 3>&-; trap 'exit 0' TERM\n"
                          "while true; do read -r -t 1 < <(sleep 1); done");
        conf("[mysql]\ndb_port = " + std::to_string(_port) +
             "\ndb_user = lars\ndb_passwd = lars\n");
    }

    ~RunLars() override { lars({"down"}); }

    process_options options()
    {
        process_options chosen;
        // What is there goes before the system's programs too.
        chosen.environment = {"PATH=" + _folder.file("bin") + ":" + getenv("PATH"),
                              "LARS_RUN=" + _folder.file("run"),
                              "LARS_CONF_DIR=" + _folder.file("conf"),
                              "LARS_BIN=" + _folder.file("bin"),
                              "LARS_DB_PORT=" + std::to_string(_port),
                              "LARS_CONF=",
                              "LARS_AGENT="};
        return chosen;
    }

    run_result lars(const words &arguments)
    {
        return run(source_path("run_lars"), arguments, options(), milliseconds(60000));
    }

    // Ctrl-C as soon as each of these files has a line. The exit status.
    int interrupt(const words &arguments, const words &files)
    {
        process interrupted;
        EXPECT_TRUE(interrupted.start(source_path("run_lars"), arguments, options()));
        for (const std::string &file : files)
            EXPECT_TRUE(wait_until([&] { return contains(read_text(_folder.file(file)), "\n"); },
                                   milliseconds(60000)));
        interrupted.signal_group(SIGINT);
        return interrupted.wait_exit().value_or(-1);
    }

    // A program of this name, which is started with -c FILE --ready-fd 3. Its
    // configuration is right, for it.
    void service(const std::string &name, const std::string &script)
    {
        program(name, "[ \"$1\" != -t ] || exit 0\n" + script);
    }
    void program(const std::string &name, const std::string &script)
    {
        std::filesystem::create_directories(_folder.file("bin"));
        const std::string path = _folder.write("bin/" + name, "#!/bin/bash\n" + script + "\n");
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
    // The real ones.
    void use_programs(const words &names)
    {
        std::filesystem::create_directories(_folder.file("bin"));
        for (const std::string &name : names) {
            std::filesystem::remove(_folder.file("bin/" + name));
            std::filesystem::create_symlink(bin_path(name), _folder.file("bin/" + name));
        }
    }

    // The dns's and the reporter's; the agent has one too.
    void conf(const std::string &text)
    {
        std::filesystem::create_directories(_folder.file("conf"));
        _folder.write("conf/lars_dns.conf", text);
        _folder.write("conf/lars_reporter.conf", text);
        _folder.write("conf/lars_lb_agent.conf", "");
    }
    // As shipped, but for the port.
    void conf_with_password_file()
    {
        conf("[mysql]\ndb_port = " + std::to_string(_port) +
             "\ndb_user = lars\ndb_passwd_file = " + _folder.file("passwd") + "\n");
    }

    // How a service gets in.
    db_options account(const std::string &password)
    {
        db_options options;
        options.port = _port;
        options.user = "lars";
        options.password = password;
        return options;
    }
    bool lets_in(const db_options &options) { return db_client(options).connect().ok(); }

    temp_dir _folder;
    uint16_t _port = free_port();
};

}  // namespace lars::test
