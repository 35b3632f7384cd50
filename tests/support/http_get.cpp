#include "http_get.h"

#include <cstdlib>

#include "wire_peer.h"

namespace lars::test {

std::optional<http_answer> http_get(uint16_t port, const std::string &path)
{
    wire_peer peer;
    if (!peer.connect_tcp(port) ||
        !peer.send_bytes("GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"))
        return std::nullopt;
    std::string all;
    for (std::string part; !(part = peer.receive_bytes()).empty();)
        all += part;
    const size_t head_end = all.find("\r\n\r\n");
    if (!peer.at_eof() || all.rfind("HTTP/1.", 0) != 0 || head_end == std::string::npos)
        return std::nullopt;
    return http_answer{std::atoi(all.c_str() + 9), all.substr(head_end + 4)};
}

}  // namespace lars::test
