// An HTTP client that can misbehave: it sends what it is told to, over a plain socket. One
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "wire_peer.h"

namespace lars::test {

struct http_reply {
    int status = 0;
    std::multimap<std::string, std::string> headers;  // by names in lower case
    std::string body;

    // Empty if there is none.
    std::string header(const std::string &name) const;
};

class http_client {
public:
    explicit http_client(uint16_t port);

    bool send(const std::string &bytes) { return _peer.send_bytes(bytes); }
    // The next whole reply; nothing if the connection or WITHIN ends first. The reply to HEAD
    // has no body.
    std::optional<http_reply> receive(bool to_head = false,
                                      std::chrono::milliseconds within = std::chrono::seconds(10));
    wire_peer &peer() { return _peer; }

private:
    wire_peer _peer;
    std::string _received;
};

using header_list = std::map<std::string, std::string>;
// A request's bytes, with a Host, and a Content-Length where there is a body.
std::string request_text(const std::string &method, const std::string &path,
                         const header_list &headers = {}, const std::string &body = "");
// Sends it over a connection of its own. A status of 0: there was no answer.
http_reply ask(uint16_t port, const std::string &method, const std::string &path,
               const header_list &headers = {}, const std::string &body = "");

}  // namespace lars::test
