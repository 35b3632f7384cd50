#include "http_client.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace lars::test {

std::string http_reply::header(const std::string &name) const
{
    const auto at = headers.find(name);
    return at == headers.end() ? "" : at->second;
}

http_client::http_client(uint16_t port)
{
    _peer.connect_tcp(port);
}

static http_reply parse_reply(const std::string &head)
{
    http_reply reply;
    std::istringstream in(head);
    std::string line;
    std::getline(in, line);
    reply.status = line.size() < 12 ? 0 : std::atoi(line.c_str() + 9);
    while (std::getline(in, line) && line != "\r") {
        const size_t colon = std::min(line.find(':'), line.size() - 1);
        std::string name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        const size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size() - 1);
        reply.headers.emplace(name, line.substr(value, line.size() - value - 1));
    }
    return reply;
}

std::optional<http_reply> http_client::receive(bool to_head, std::chrono::milliseconds within)
{
    const auto deadline = std::chrono::steady_clock::now() + within;
    for (;;) {
        const size_t end = _received.find("\r\n\r\n");
        if (end != std::string::npos) {
            http_reply reply = parse_reply(_received.substr(0, end + 2));
            const bool no_body = to_head || reply.status == 304 || reply.status == 100;
            const size_t length =
                no_body ? 0
                        : static_cast<size_t>(std::atoll(reply.header("content-length").c_str()));
            if (_received.size() >= end + 4 + length) {
                reply.body = _received.substr(end + 4, length);
                _received.erase(0, end + 4 + length);
                return reply;
            }
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        const std::string more = left.count() > 0 ? _peer.receive_bytes(left) : "";
        if (more.empty())
            return std::nullopt;
        _received += more;
    }
}

std::string request_text(const std::string &method, const std::string &path,
                         const header_list &headers, const std::string &body)
{
    std::string text = method + " " + path + " HTTP/1.1\r\n";
    if (headers.count("Host") == 0)
        text += "Host: localhost\r\n";
    for (const auto &[name, value] : headers)
        text += name + ": " + value + "\r\n";
    if (!body.empty())
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

http_reply ask(uint16_t port, const std::string &method, const std::string &path,
               const header_list &headers, const std::string &body)
{
    http_client client(port);
    client.send(request_text(method, path, headers, body));
    return client.receive(method == "HEAD").value_or(http_reply());
}

}  // namespace lars::test
