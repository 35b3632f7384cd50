// A terminal for programs that ask people something. One thread.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "process.h"
#include "unique_fd.h"

namespace lars::test {

// A terminal on which a test types what a program reads.
class terminal {
public:
    terminal()
    {
        EXPECT_EQ(grantpt(_keys.get()), 0);
        EXPECT_EQ(unlockpt(_keys.get()), 0);
        _name = ptsname(_keys.get());
        // Open for as long as this lives: what is typed before a program starts is kept.
        _screen.reset(open(_name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        EXPECT_TRUE(_screen.valid());
    }

    const std::string &name() const { return _name; }

    void type(const std::string &line)
    {
        const std::string keys = line + "\n";
        EXPECT_EQ(write(_keys.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
    }

    // What it prints goes to the result and not to the terminal.
    run_result run(const std::string &program, std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), {"-c", "exec \"$0\" \"$@\" <" + _name, program});
        return lars::test::run("/bin/bash", arguments);
    }

private:
    unique_fd _keys{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    unique_fd _screen;
    std::string _name;
};

}  // namespace lars::test
