// One call of a TCP server: connects, sends a line, reads the line that is the answer,
// and closes. Any thread.
#pragma once

#include <string>

namespace lars {

struct tcp_outcome {
    int retcode = 0;  // 0, or the errno of what went wrong
    int milliseconds = 0;
    std::string answer;  // without its line end
};

// Calls the server at that IPv4 address and waits for at most about TIMEOUT_MS. REQUEST
// is the line, without its end; an empty one is not sent, and the call only connects.
tcp_outcome tcp_call(const std::string &ip, int port, const std::string &request, int timeout_ms);

}  // namespace lars
