// A MariaDB server of a test's own, in a temporary folder, on a free port of
// 127.0.0.1. Nothing of the machine's configuration is read. One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db_client.h"
#include "process.h"
#include "status.h"
#include "temp_dir.h"

namespace lars::test {

class database_server {
public:
    database_server() = default;
    // Ends it with SIGKILL: nobody needs the files any more.
    ~database_server() = default;

    // The server of this test program, started at its first use. Not for tests
    // that stop or pause it. Ends the program if it cannot be started.
    static database_server &shared();

    // What later starts give the server beside what it needs, such as "--ssl-ca=FILE".
    void set_arguments(std::vector<std::string> more) { _more_arguments = std::move(more); }

    // Returns once it accepts connections, after about a second the first time.
    // After stop() or kill() it starts with the same data on the same port.
    status start();
    // An orderly end.
    status stop();
    void kill() { _process.kill(); }

    // While paused it takes connections (the kernel does) but says nothing.
    void pause() { _process.pause(); }
    void resume() { _process.resume(); }

    bool running() { return _process.running(); }
    pid_t pid() const { return _process.pid(); }
    uint16_t port() const { return _port; }
    std::string socket() const { return _folder.file("socket"); }
    std::string log() const { return _process.output(); }

    // An account that may do everything, over the socket.
    db_options admin() const;

private:
    status install();
    status launch();

    temp_dir _folder;
    process _process;
    std::vector<std::string> _more_arguments;
    uint16_t _port = 0;
};

}  // namespace lars::test
