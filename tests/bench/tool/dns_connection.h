// A connection to a lars_dns, for a program that has many of them. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "endpoint.h"
#include "lars.pb.h"
#include "route.h"
#include "status.h"
#include "unique_fd.h"

namespace lars::bench {

class dns_connection {
public:
    using taker = std::function<status(const GetRouteResponse &answer)>;

    // Waits three seconds at most.
    status open(const endpoint &server);
    int fd() const { return _fd.get(); }
    bool is_open() const { return _fd.valid(); }
    void close() { _fd.reset(); }

    // Waits three seconds at most if the server does not read.
    status send(const std::string &bytes);

    // Takes what has arrived, and calls TAKE with each message. An error if the other side has
    // closed the connection, or has sent what no dns
    // sends, or what is about another module than this; or the error that TAKE returns.
    status receive(const module_id &module, const taker &take);

private:
    // Takes the whole frames from the front of *BYTES.
    status take_frames(const module_id &module, const taker &take, std::string_view *bytes);

    endpoint _server;
    unique_fd _fd;
    std::string _received;  // the beginning of a frame, from one call to the next
    GetRouteResponse _answer;
};

// The frame of a lookup.
std::string lookup_frame(const module_id &module, uint32_t seq);

// Lets this process have as many descriptors as it may.
void raise_descriptor_limit();

}  // namespace lars::bench
