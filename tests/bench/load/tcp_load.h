// Keeps requests on their way on several TCP connections and counts the answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "measurement.h"
#include "unique_fd.h"

namespace lars::bench {

struct exchange {
    std::string request;
    std::string response;  // what must come back, byte for byte
};

struct tcp_load_options {
    uint16_t port = 0;
    pid_t server = 0;  // of the process that serves the port
    // Each connection goes round these, from a place of its own.
    std::vector<exchange> exchanges;
    int connections = 1;
    int in_flight = 1;   // requests on each connection
    double seconds = 1;  // counted, after a fifth of that to warm up
};

// One thread.
class tcp_load {
public:
    explicit tcp_load(const tcp_load_options &options) : _options(options) {}

    // Connects, and sends the first requests. False if that fails; then error() says why.
    bool start();
    // Waits for answers, and sends a request for each. Returns how many came, or -1, and then
    // error() says why.
    int step();
    // Measures. Between two measurements the requests wait, and the connections are idle.
    measurement run();

    // How many connections have had an answer.
    int answered() const { return _answered; }
    const std::string &error() const { return _error; }

private:
    struct connection {
        unique_fd fd;
        size_t next_request = 0;  // places among the exchanges
        size_t next_response = 0;
        size_t of_response = 0;  // bytes of the next response that have come
        bool answered = false;
    };

    bool open(size_t number);
    bool ask(connection &conn, int count);
    // The number of answers, or -1.
    int read_answers(connection &conn);
    bool fail(const std::string &what);

    const tcp_load_options _options;
    std::string _requests;  // of one call, reused
    std::vector<connection> _connections;
    unique_fd _epoll;
    int _answered = 0;
    std::string _error;
};

// Connects, measures and closes.
measurement run_tcp_load(const tcp_load_options &options);
// The same with so many threads, which share the connections.
measurement run_tcp_load(const tcp_load_options &options, int threads);

}  // namespace lars::bench
