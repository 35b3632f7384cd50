// The least of an HTTP client, over a plain socket. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lars::test {

struct http_answer {
    int status = 0;
    std::string body;
};

// GET of PATH at 127.0.0.1. Nothing if there is no whole answer within five seconds.
std::optional<http_answer> http_get(uint16_t port, const std::string &path);

}  // namespace lars::test
