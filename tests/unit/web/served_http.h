// An http_server at a port of its own, with handlers that show what they are given.
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>

#include "http_client.h"
#include "http_server.h"
#include "logged_lines.h"

namespace lars::test {

inline constexpr uint32_t LOOPBACK = 0x7f000001;

struct served_http {
    explicit served_http(const http_server_options &options = {}, http_server::admission admit = {})
        : server(options, admit ? admit : everybody(), log.sink())
    {
        using needs = http_server::needs;
        server.add("GET", "/echo/([^/]*)/([^/]*)", needs::nothing, show);
        server.add("POST", "/echo", needs::nothing, show);
        server.add("PUT", "/echo", needs::nothing, show);
        server.add("DELETE", "/echo", needs::nothing, show);
        server.add("POST", "/large", needs::nothing,
                   [](const http_request &request) { return json_answer(request.body.size()); });
        server.add("POST", "/change", needs::changing, show);
        server.add("GET", "/throws", needs::nothing, [](const http_request &) -> http_answer {
            throw std::runtime_error("no luck");
        });
        server.add("GET", "/bytes/([0-9]+)", needs::nothing, [](const http_request &request) {
            http_answer answer;
            answer.type = "text/plain";
            answer.body.assign(static_cast<size_t>(std::stoull(request.parts[0])), 'x');
            return answer;
        });
    }
    void start(const endpoint &address = {LOOPBACK, 0})
    {
        const status s = server.start(address);
        ASSERT_TRUE(s.ok()) << s.message();
    }
    uint16_t port() const { return server.address().port; }

    static http_server::admission everybody()
    {
        return [](http_server::needs, http_request *) { return std::nullopt; };
    }
    static http_answer show(const http_request &request)
    {
        return json_answer({{"method", request.method},
                            {"path", request.path},
                            {"body", request.body},
                            {"parts", request.parts},
                            {"query", request.query},
                            {"headers", request.headers},
                            {"peer", request.peer}});
    }

    logged_lines log;
    http_server server;
};

}  // namespace lars::test
