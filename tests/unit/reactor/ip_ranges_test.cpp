#include "ip_ranges.h"

#include <gtest/gtest.h>

#include "endpoint.h"

namespace lars {
namespace {

ip_ranges read(const std::string &text)
{
    ip_ranges found;
    const status s = ip_ranges::parse(text, &found);
    EXPECT_TRUE(s.ok()) << text << ": " << s.message();
    return found;
}

bool contains(const ip_ranges &ranges, const std::string &ip)
{
    return ranges.contains(*parse_ip(ip));
}

std::string refusal(const std::string &text)
{
    ip_ranges found = ip_ranges::loopback();
    const status s = ip_ranges::parse(text, &found);
    EXPECT_FALSE(s.ok()) << "was taken: " << text;
    EXPECT_EQ(found, ip_ranges::loopback());
    return s.message();
}

TEST(IpRanges, AnAddressAloneIsThatAddress)
{
    for (const char *text : {"10.1.2.3", "10.1.2.3/32", "  10.1.2.3\t"}) {
        const ip_ranges ranges = read(text);
        EXPECT_TRUE(contains(ranges, "10.1.2.3"));
        EXPECT_FALSE(contains(ranges, "10.1.2.2"));
        EXPECT_FALSE(contains(ranges, "10.1.2.4"));
        EXPECT_EQ(ranges.to_string(), "10.1.2.3");
    }
}

TEST(IpRanges, APrefixIsARangeWithBothOfItsEnds)
{
    const ip_ranges ranges = read("10.0.0.0/8,192.168.4.0/22 , 1.2.3.4/31");
    for (const char *ip :
         {"10.0.0.0", "10.255.255.255", "192.168.4.0", "192.168.7.255", "1.2.3.4", "1.2.3.5"})
        EXPECT_TRUE(contains(ranges, ip)) << ip;
    for (const char *ip : {"9.255.255.255", "11.0.0.0", "192.168.3.255", "192.168.8.0", "1.2.3.3",
                           "1.2.3.6", "0.0.0.0", "255.255.255.255"})
        EXPECT_FALSE(contains(ranges, ip)) << ip;
    EXPECT_EQ(ranges.to_string(), "10.0.0.0/8, 192.168.4.0/22, 1.2.3.4/31");
    EXPECT_EQ(read(ranges.to_string()), ranges);
}

TEST(IpRanges, AllAndNothing)
{
    EXPECT_TRUE(contains(read("0.0.0.0/0"), "0.0.0.0"));
    EXPECT_TRUE(contains(read("0.0.0.0/0"), "255.255.255.255"));
    EXPECT_TRUE(contains(read("128.0.0.0/1"), "255.0.0.1"));
    EXPECT_FALSE(contains(read("128.0.0.0/1"), "127.0.0.1"));
    for (const char *text : {"", " ", "\t  "}) {
        EXPECT_TRUE(read(text).empty());
        EXPECT_FALSE(contains(read(text), "127.0.0.1"));
    }
    EXPECT_EQ(ip_ranges::loopback(), read("127.0.0.0/8"));
    EXPECT_NE(ip_ranges::loopback(), ip_ranges());
}

TEST(IpRanges, WhatIsNoRangeIsRefusedByName)
{
    for (const char *item :
         {"localhost", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8",
          "10.0.0.0/08", "10.0.0.0/8 x", "10.0.0.0 /8", "10.0.0.0/ 8", "10.0.0.0/8/8", "/8",
          "10.0.0.0/255.0.0.0", "10.0.0.256", "010.0.0.0/8x", "::1", "10.0.0.0;10.0.0.1", "*"}) {
        EXPECT_NE(refusal(item).find("'" + std::string(item) + "'"), std::string::npos);
        EXPECT_NE(refusal("10.0.0.0/8, " + std::string(item)), "");
    }
    for (const char *text :
         {",", "10.0.0.1,", ",10.0.0.1", "10.0.0.1,,10.0.0.2", "10.0.0.1 10.0.0.2"})
        EXPECT_NE(refusal(text), "");
}

TEST(IpRanges, BitsBelowThePrefixAreAMistakeThatIsExplained)
{
    const std::string why = refusal("10.1.0.0/8");
    EXPECT_NE(why.find("'10.1.0.0/8' has bits set below its prefix"), std::string::npos) << why;
    EXPECT_NE(why.find("10.0.0.0/8"), std::string::npos) << why;
    refusal("127.0.0.1/31");
    refusal("1.0.0.0/0");
}

}  // namespace
}  // namespace lars
