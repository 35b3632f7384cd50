#include "server_address.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

std::vector<std::string> texts(const std::string &list)
{
    std::vector<server_address> servers;
    const status s = parse_servers(list, &servers);
    EXPECT_TRUE(s) << s.message();
    std::vector<std::string> all;
    for (const server_address &one : servers)
        all.push_back(one.to_string());
    return all;
}

std::string refusal(const std::string &list)
{
    std::vector<server_address> servers = {{"untouched", 1}};
    const status s = parse_servers(list, &servers);
    EXPECT_FALSE(s.ok()) << list;
    EXPECT_EQ(servers.size(), 1u);
    EXPECT_EQ(s.message().find("secret"), std::string::npos) << s.message();
    return s.message();
}

TEST(ServerAddress, NamesAndAddressesAreRead)
{
    EXPECT_EQ(texts(" 10.0.0.1:7778,\tdns-2.example.net:7779 ,localhost:1,a_b:65535"),
              (std::vector<std::string>{"10.0.0.1:7778", "dns-2.example.net:7779", "localhost:1",
                                        "a_b:65535"}));
    EXPECT_EQ(*server_address("10.0.0.1", 80).as_endpoint(), (endpoint{0x0a000001, 80}));
    EXPECT_FALSE(server_address("localhost", 80).as_endpoint());
    EXPECT_EQ(server_address(endpoint{0x0a000001, 80}), server_address("10.0.0.1", 80));
    EXPECT_EQ(server_address("A.example", 1), server_address("a.EXAMPLE", 1));
    EXPECT_NE(server_address("a", 1), server_address("ab", 1));
}

TEST(ServerAddress, WhatCannotBeANameIsNone)
{
    for (const char *good : {"a", "1a", "a1", "1.a", "xn--bcher-kva.example", "0x.example"})
        EXPECT_TRUE(is_host_name(good)) << good;
    const std::string label(63, 'a');
    EXPECT_TRUE(is_host_name(label));
    EXPECT_FALSE(is_host_name(label + "a"));
    const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'a');
    EXPECT_TRUE(is_host_name(longest));
    EXPECT_FALSE(is_host_name(longest + "a"));
    for (const std::string bad : {"",
                                  ".",
                                  "a.",
                                  ".a",
                                  "a..b",
                                  "-a",
                                  "a-",
                                  "a.-b",
                                  "a b",
                                  "a/b",
                                  "a:b",
                                  "[::1]",
                                  "::1",
                                  "10.1",
                                  "10",
                                  "1.2.3.4.5",
                                  "256.1.1.1",
                                  "a.1",
                                  "0x7f",
                                  "0x7f.0x1",
                                  "b\xc3\xbc"
                                  "cher"})
        EXPECT_FALSE(is_host_name(bad)) << bad;
    EXPECT_FALSE(is_host(std::string("a\0b", 3)));
    EXPECT_TRUE(is_host("127.0.0.1"));
}

TEST(ServerAddress, AListIsRefusedAsAWholeWithTheEntryThatIsWrong)
{
    for (const char *empty : {"", " ", "a:1,", ",a:1", "a:1, ,b:1"})
        EXPECT_NE(refusal(empty).find("is empty"), std::string::npos) << empty;
    EXPECT_EQ(refusal("a:1, secret"), "entry 2 has no port: it must be host:port");
    for (const char *port :
         {"a:", "a:0", "a:65536", "a:-1", "a:x", "a:1x", "a: 1", "a:99999999999"})
        EXPECT_EQ(refusal(port), "entry 1 has a port that is not a number from 1 to 65535") << port;
    for (const char *host :
         {":1", "se cret:1", "a..secret:1", "10.0.0.256:1", "[::1]:1", "a;b:1", "a:1:1"})
        EXPECT_EQ(refusal(host), "entry 1 begins with neither an IPv4 address nor a host's name")
            << host;
    EXPECT_EQ(refusal("a:1, b:2, A:1"), "entry 3 is the same as entry 1");
    EXPECT_EQ(texts("a:1, a:2").size(), 2u);
}

}  // namespace
}  // namespace lars
