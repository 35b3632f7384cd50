#include "http_server.h"

#include "served_http.h"

namespace lars {
namespace {

using namespace test;
using nlohmann::json;

TEST(HttpServer, AHandlerGetsWhatWasAsked)
{
    served_http s;
    s.start();
    const http_reply reply =
        ask(s.port(), "GET", "/echo/a%20b/-7?q=x%26y&q=z&n=1+2", {{"X-A", "B"}});
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    const json got = json::parse(reply.body);
    EXPECT_EQ(got["path"], "/echo/a b/-7");
    EXPECT_EQ(got["parts"], json({"a b", "-7"}));
    EXPECT_EQ(got["headers"]["x-a"], "B");
    EXPECT_EQ(got["peer"], "127.0.0.1");
    EXPECT_NE(got["query"].dump().find("x&y"), std::string::npos);
    EXPECT_NE(got["query"].dump().find("1 2"), std::string::npos);
}

TEST(HttpServer, AConnectionIsKeptForSeveralRequests)
{
    served_http s;
    s.start();
    http_client client(s.port());
    // The second and third are sent before the first is answered.
    client.send(request_text("POST", "/echo", {}, "first") + request_text("GET", "/echo/1/2") +
                request_text("PUT", "/echo", {{"Transfer-Encoding", "chunked"}}) +
                "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" +
                request_text("DELETE", "/echo", {{"Connection", "close"}}, "last"));
    for (const char *body : {"first", "", "abcde", "last"}) {
        const auto reply = client.receive();
        ASSERT_TRUE(reply) << body;
        ASSERT_EQ(reply->status, 200);
        EXPECT_EQ(json::parse(reply->body)["body"], std::string(body)) << reply->body;
    }
    EXPECT_TRUE(client.peer().wait_eof());
}

TEST(HttpServer, ABodyIsSentForIfTheClientWaitsForThat)
{
    served_http s;
    s.start();
    http_client client(s.port());
    client.send(
        request_text("POST", "/echo", {{"Expect", "100-continue"}, {"Content-Length", "4"}}));
    const auto go_on = client.receive();
    ASSERT_TRUE(go_on);
    EXPECT_EQ(go_on->status, 100);
    client.send("body");
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(json::parse(reply->body)["body"], "body");
    // Not if it would be too long.
    client.send(
        request_text("POST", "/echo", {{"Expect", "100-continue"}, {"Content-Length", "1000000"}}));
    const auto refused = client.receive();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 413);
}

TEST(HttpServer, AFormIsABodyLikeAnyOther)
{
    served_http s;
    s.start();
    for (const char *type :
         {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"}) {
        const http_reply reply = ask(s.port(), "POST", "/echo", {{"Content-Type", type}}, "a=b&c");
        ASSERT_EQ(reply.status, 200) << type;
        EXPECT_EQ(json::parse(reply.body)["body"], "a=b&c");
        EXPECT_EQ(json::parse(reply.body)["query"].size(), 0u);
    }
}

TEST(HttpServer, HeadIsGetWithoutTheBody)
{
    served_http s;
    s.start();
    http_client client(s.port());
    client.send(request_text("HEAD", "/bytes/1234") + request_text("GET", "/bytes/2"));
    const auto head = client.receive(true);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->header("content-length"), "1234");
    const auto next = client.receive();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->body, "xx");
}

TEST(HttpServer, WhatIsNotThereIsSaidInJson)
{
    served_http s;
    s.start();
    const http_reply none = ask(s.port(), "GET", "/none");
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(json::parse(none.body)["error"]["code"], "not_found");
    const http_reply other = ask(s.port(), "PATCH", "/echo");
    EXPECT_EQ(other.status, 405);
    EXPECT_EQ(other.header("allow"), "POST, PUT, DELETE");
    EXPECT_EQ(json::parse(other.body)["error"]["code"], "bad_method");
}

TEST(HttpServer, AHandlerThatThrowsIs500AndALogLine)
{
    served_http s;
    s.start();
    const http_reply reply = ask(s.port(), "GET", "/throws");
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body.find("no luck"), std::string::npos);
    EXPECT_TRUE(s.log.has("GET /throws failed: no luck")) << s.log.text();
    EXPECT_EQ(ask(s.port(), "GET", "/echo/1/2").status, 200);
}

// Each kind of answer tells the browser to trust nothing but this server.
TEST(HttpServer, EveryAnswerGuardsTheBrowser)
{
    http_server_options options;
    options.limits.read_time = std::chrono::milliseconds(100);
    served_http s(options,
                  [](http_server::needs what, http_request *) -> std::optional<http_answer> {
                      if (what == http_server::needs::nothing)
                          return std::nullopt;
                      return error_answer(401, "login_needed", "log in first");
                  });
    s.start();
    const std::vector<std::pair<int, std::string>> asked = {
        {200, request_text("GET", "/echo/1/2")},
        {200, request_text("HEAD", "/echo/1/2")},
        {400, "GET /a HTTP/1.1\r\n\r\n"},
        {400, request_text("GET", "/a?b?c")},
        {400, request_text("POST", "/echo", {{"Transfer-Encoding", "chunked"}}) + "zz\r\n"},
        {401, request_text("POST", "/change", {}, "{}")},
        {404, request_text("GET", "/none")},
        {405, request_text("POST", "/echo/1/2", {}, "{}")},
        {405, request_text("TRACE", "/")},
        {408, "GET / HTTP/1.1\r\n"},
        {413, request_text("POST", "/echo", {{"Content-Length", "1000000"}})},
        {414, request_text("GET", "/" + std::string(5000, 'a'))},
        {421, request_text("GET", "/echo/1/2", {{"Host", "evil.example"}})},
        {431, request_text("GET", "/", {{"A", std::string(40000, 'a')}})},
        {500, request_text("GET", "/throws")},
        {505, "GET / HTTP/3.0\r\nHost: localhost\r\n\r\n"}};
    for (const auto &[expected, text] : asked) {
        http_client client(s.port());
        client.send(text);
        const auto reply = client.receive(text.compare(0, 4, "HEAD") == 0);
        ASSERT_TRUE(reply) << expected;
        EXPECT_EQ(reply->status, expected) << text.substr(0, 80);
        EXPECT_EQ(reply->header("content-security-policy"),
                  "default-src 'self'; base-uri 'none'; form-action 'self'; "
                  "frame-ancestors 'none'; object-src 'none'")
            << expected;
        EXPECT_EQ(reply->header("x-content-type-options"), "nosniff") << expected;
        EXPECT_EQ(reply->header("x-frame-options"), "DENY") << expected;
        EXPECT_EQ(reply->header("referrer-policy"), "no-referrer") << expected;
        EXPECT_EQ(reply->header("cache-control"), "no-store") << expected;
        if (expected >= 400) {
            EXPECT_TRUE(json::parse(reply->body, nullptr, false).contains("error")) << expected;
        }
    }
}

TEST(HttpServer, ItAnswersToItsOwnNamesAlone)
{
    http_server_options options;
    options.names = {"Lars.Example.Net"};
    served_http s(options);
    s.start();
    const auto status_for = [&](const std::string &host) {
        return ask(s.port(), "GET", "/echo/1/2", {{"Host", host}}).status;
    };
    for (const char *own : {"localhost", "LOCALHOST:7780", "127.0.0.1:80", "127.3.2.1",
                            "[::1]:7780", "lars.example.net", "lars.example.net.:443"})
        EXPECT_EQ(status_for(own), 200) << own;
    for (const char *other :
         {"evil.example", "evil.example:7780", "localhost.evil.example", "127.0.0.1.evil.example",
          "10.0.0.1", "", ":80", "localhost:x", "evil@localhost", "[::2]"})
        EXPECT_EQ(status_for(other), 421) << other;
    http_client old(s.port());
    old.send("GET /echo/1/2 HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.receive().value_or(http_reply()).status, 421);
}

TEST(HttpServer, ElsewhereItAnswersToAnyName)
{
    served_http s;
    s.start({0, 0});
    EXPECT_EQ(ask(s.port(), "GET", "/echo/1/2", {{"Host", "lars.example.net"}}).status, 200);
}

TEST(HttpServer, AProxyIsBelievedIfItIsOurs)
{
    http_server_options options;
    served_http strangers(options);
    ASSERT_TRUE(ip_ranges::parse("127.0.0.1", &options.proxies).ok());
    served_http ours(options);
    strangers.start();
    ours.start();
    const header_list headers = {{"X-Forwarded-For", "9.9.9.9, 10.1.2.3"},
                                 {"X-Forwarded-Proto", "https"}};
    const json known = json::parse(ask(ours.port(), "GET", "/echo/1/2", headers).body);
    EXPECT_EQ(known["peer"], "10.1.2.3");
    EXPECT_EQ(known["headers"]["x-forwarded-proto"], "https");
    const json unknown = json::parse(ask(strangers.port(), "GET", "/echo/1/2", headers).body);
    EXPECT_EQ(unknown["peer"], "127.0.0.1");
    EXPECT_EQ(unknown["headers"]["x-forwarded-proto"], "");
    for (const char *nonsense : {"unknown", "1.2.3.4, ", "1.2.3.4.5", "127.0.0.1 "})
        EXPECT_EQ(
            json::parse(
                ask(ours.port(), "GET", "/echo/1/2", {{"X-Forwarded-For", nonsense}}).body)["peer"],
            "127.0.0.1")
            << nonsense;
}

TEST(HttpServer, APortThatIsTakenIsAnError)
{
    served_http first;
    first.start();
    served_http second;
    const status s = second.server.start(first.server.address());
    ASSERT_FALSE(s.ok());
    EXPECT_NE(s.message().find(first.server.address().to_string()), std::string::npos);
}

}  // namespace
}  // namespace lars
