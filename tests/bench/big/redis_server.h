// A redis-server, to compare with. It is Debian's, with its defaults but for the port, and
// that it keeps nothing on the disk.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "process.h"
#include "temp_dir.h"

namespace lars::bench {

// What goes over a connection (RESP): a command, and a text as the answer.
std::string redis_command(const std::vector<std::string> &words);
std::string redis_text(const std::string &text);

class redis_server {
public:
    // False, and why on stderr, if there is none.
    bool start();
    // Puts the big table there.
    bool fill();

    pid_t pid() const { return _process.pid(); }
    uint16_t port() const { return _port; }

private:
    test::temp_dir _folder;
    test::process _process;
    uint16_t _port = 0;
};

}  // namespace lars::bench
