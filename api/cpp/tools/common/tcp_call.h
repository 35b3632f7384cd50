// One call of a TCP server: connect, send a line, read the answer's line, close.
// Any thread.
#pragma once

#include <string>

namespace lars {

struct tcp_outcome {
    int retcode = 0;  // 0, or the errno of what went wrong
    int milliseconds = 0;
    std::string answer;  // without its line end
};

// Returns within about TIMEOUT_MS. An empty REQUEST only connects.
tcp_outcome tcp_call(const std::string &ip, int port, const std::string &request, int timeout_ms);

}  // namespace lars
