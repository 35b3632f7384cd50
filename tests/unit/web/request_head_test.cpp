#include "request_head.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

// The status of the refusal; 0 if it is served.
int refusal(const std::string &text)
{
    request_head head;
    const auto refused = parse_head(text, &head);
    return refused ? refused->status : 0;
}

std::string with(const std::string &headers, const std::string &line = "POST /a HTTP/1.1")
{
    return line + "\r\nHost: localhost\r\n" + headers + "\r\n";
}

TEST(RequestHead, IsReadIntoItsParts)
{
    request_head head;
    ASSERT_FALSE(parse_head("PUT /a/b?c=d HTTP/1.1\r\nHOST: x:1\r\nAccept:  a b \r\naccept: c\r\n"
                            "Cookie: a=1\r\nCookie: b=2\r\nContent-Length: 12\r\n\r\n",
                            &head));
    EXPECT_EQ(head.method, "PUT");
    EXPECT_EQ(head.target, "/a/b?c=d");
    EXPECT_EQ(head.path(), "/a/b");
    EXPECT_EQ(head.headers["host"], "x:1");
    EXPECT_EQ(head.headers["accept"], "a b, c");
    EXPECT_EQ(head.headers["cookie"], "a=1; b=2");
    EXPECT_EQ(head.content_length, 12u);
    EXPECT_TRUE(head.keeps_connection());
}

TEST(RequestHead, WhatProgramsUnderstandDifferentlyIsRefused)
{
    EXPECT_EQ(refusal(with("")), 0);
    EXPECT_EQ(refusal(with("Content-Length: 1\r\nContent-Length: 2\r\n")), 400);
    EXPECT_EQ(refusal(with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")), 400);
    EXPECT_EQ(refusal(with("Content-Length: +1\r\n")), 400);
    EXPECT_EQ(refusal(with("Content-Length: 1, 1\r\n")), 400);
    EXPECT_EQ(refusal(with("Content-Length: 99999999999999999999\r\n")), 400);
    EXPECT_EQ(refusal(with("Content-Length: -1\r\n")), 400);
    EXPECT_EQ(refusal(with("Transfer-Encoding: gzip, chunked\r\n")), 400);
    EXPECT_EQ(refusal(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
    EXPECT_EQ(refusal(with("Transfer-Encoding : chunked\r\n")), 400);
    EXPECT_EQ(refusal(with(" folded: line\r\n")), 400);
    EXPECT_EQ(refusal(with("A: b\nC: d\r\n")), 400);
    EXPECT_EQ(refusal(with("A: b\rC: d\r\n")), 400);
    EXPECT_EQ(refusal(with(std::string("A: b\0c\r\n", 8))), 400);
    EXPECT_EQ(refusal(with("Host: other\r\n")), 400);
    EXPECT_EQ(refusal(with("no colon\r\n")), 400);
    EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"), 400);  // no Host
}

TEST(RequestHead, ABodyIsNotForGet)
{
    EXPECT_EQ(refusal(with("Content-Length: 1\r\n", "GET /a HTTP/1.1")), 400);
    EXPECT_EQ(refusal(with("Transfer-Encoding: chunked\r\n", "GET /a HTTP/1.1")), 400);
    EXPECT_EQ(refusal(with("Content-Length: 0\r\n", "GET /a HTTP/1.1")), 0);
}

TEST(RequestHead, DeleteHasNoChunks)
{
    EXPECT_EQ(refusal(with("Transfer-Encoding: chunked\r\n", "DELETE /a HTTP/1.1")), 411);
    EXPECT_EQ(refusal(with("Content-Length: 1\r\n", "DELETE /a HTTP/1.1")), 0);
}

TEST(RequestHead, ACompressedBodyIsRefused)
{
    EXPECT_EQ(refusal(with("Content-Encoding: gzip\r\nContent-Length: 5\r\n")), 415);
}

TEST(RequestHead, TheLineIsReadStrictly)
{
    EXPECT_EQ(refusal(with("", "GET /a HTTP/1.1")), 0);
    EXPECT_EQ(refusal(with("", "GET /a HTTP/1.0")), 0);
    EXPECT_EQ(refusal(with("", "GET /a")), 400);
    EXPECT_EQ(refusal(with("", "GET")), 400);
    EXPECT_EQ(refusal(with("", "")), 400);
    EXPECT_EQ(refusal(with("", "GET  HTTP/1.1")), 400);
    EXPECT_EQ(refusal(with("", "GET /a b HTTP/1.1")), 400);
    EXPECT_EQ(refusal(with("", "GET http://x/ HTTP/1.1")), 400);
    EXPECT_EQ(refusal(with("", "GET * HTTP/1.1")), 400);
    EXPECT_EQ(refusal(with("", "GET /a HTTP/2.0")), 505);
    EXPECT_EQ(refusal(with("", "CONNECT /a HTTP/1.1")), 405);
    EXPECT_EQ(refusal(with("", "TRACE /a HTTP/1.1")), 405);
    EXPECT_EQ(refusal(with("", "GET /" + std::string(5000, 'a') + " HTTP/1.1")), 414);
}

TEST(RequestHead, ManyHeadersAreRefused)
{
    std::string headers;
    for (int i = 0; i < 99; ++i)
        headers += "a: b\r\n";
    EXPECT_EQ(refusal(with(headers)), 0);
    EXPECT_EQ(refusal(with(headers + "a: b\r\n")), 431);
}

TEST(RequestHead, TheLibraryGetsNothingThatItWouldActOn)
{
    request_head head;
    ASSERT_FALSE(
        parse_head(with("Range: bytes=0-1\r\nAccept-Encoding: br\r\nREMOTE_ADDR: 1.2.3.4\r\n"
                        "Content-Type: multipart/form-data; boundary=x\r\n"
                        "Content-Length: 3\r\n"),
                   &head));
    EXPECT_EQ(head.for_library(),
              "POST /a HTTP/1.1\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\n");
}

}  // namespace
}  // namespace lars
