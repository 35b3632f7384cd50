#include "endpoint.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using namespace std::string_view_literals;

TEST(Endpoint, ParsesAndPrints)
{
    const auto parsed = endpoint::parse("127.0.0.1:7778");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->ip, 0x7f000001u);
    EXPECT_EQ(parsed->port, 7778);
    EXPECT_EQ(parsed->to_string(), "127.0.0.1:7778");
    for (const char *text : {"0.0.0.0:0", "255.255.255.255:65535", "192.168.1.177:1"}) {
        const auto same = endpoint::parse(text);
        ASSERT_TRUE(same) << text;
        EXPECT_EQ(same->to_string(), text);
        EXPECT_EQ(endpoint::from_sockaddr(same->to_sockaddr()), *same);
    }
}

TEST(Endpoint, AnythingElseIsRefused)
{
    for (const std::string_view text : {""sv,
                                        ":"sv,
                                        "1.2.3.4"sv,
                                        "1.2.3.4:"sv,
                                        ":80"sv,
                                        "1.2.3.4:65536"sv,
                                        "1.2.3.4:-1"sv,
                                        "1.2.3.4:+1"sv,
                                        "1.2.3.4:0x50"sv,
                                        "1.2.3.4:80 "sv,
                                        " 1.2.3.4:80"sv,
                                        "1.2.3.4: 80"sv,
                                        "1.2.3:80"sv,
                                        "1.2.3.4.5:80"sv,
                                        "256.2.3.4:80"sv,
                                        "-1.2.3.4:80"sv,
                                        "1.2.3.a:80"sv,
                                        "1..3.4:80"sv,
                                        "localhost:80"sv,
                                        "[::1]:80"sv,
                                        "1.2.3.4:80:90"sv,
                                        "1.2.3.4:99999999999999999999"sv,
                                        "1.2.3.4\0:80"sv,
                                        "1.2.3.4\0x:80"sv,
                                        "1.2.3.4:8\0"sv})
        EXPECT_FALSE(endpoint::parse(text)) << text;
}

TEST(Endpoint, IpsAreHostOrderNumbers)
{
    EXPECT_EQ(parse_ip("192.168.1.177"), 3232235953u);
    EXPECT_EQ(ip_to_string(3232235953u), "192.168.1.177");
    EXPECT_FALSE(parse_ip(""));
    EXPECT_FALSE(parse_ip("1.2.3.4\0"sv));
}

TEST(Endpoint, Compares)
{
    const endpoint a{1, 2};
    EXPECT_TRUE(a == (endpoint{1, 2}));
    EXPECT_TRUE(a != (endpoint{1, 3}));
    EXPECT_TRUE(a < (endpoint{1, 3}));
    EXPECT_TRUE(a < (endpoint{2, 0}));
    EXPECT_FALSE((endpoint{2, 0}) < a);
    EXPECT_FALSE(a < a);
}

}  // namespace
}  // namespace lars
