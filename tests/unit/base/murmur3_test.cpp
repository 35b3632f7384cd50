#include "murmur3.h"

#include <gtest/gtest.h>

#include <string>

namespace lars {
namespace {

uint32_t hash(const std::string &text, uint32_t seed)
{
    return murmur3(text.data(), text.size(), seed);
}

TEST(Murmur3, GivesThePublishedValues)
{
    EXPECT_EQ(hash("", 0), 0u);
    EXPECT_EQ(hash("", 1), 0x514E28B7u);
    EXPECT_EQ(hash("", 0xffffffff), 0x81F16F39u);
    EXPECT_EQ(hash("test", 0), 0xBA6BD213u);
    EXPECT_EQ(hash("test", 0x9747b28c), 0x704B81DCu);
    EXPECT_EQ(hash("Hello, world!", 0x9747b28c), 0x24884CBAu);
    EXPECT_EQ(hash("The quick brown fox jumps over the lazy dog", 0x9747b28c), 0x2FA826CDu);
}

TEST(Murmur3, HandlesEveryLengthOfTail)
{
    EXPECT_EQ(hash("a", 0x9747b28c), 0x7FA09EA6u);
    EXPECT_EQ(hash("aa", 0x9747b28c), 0x5D211726u);
    EXPECT_EQ(hash("aaa", 0x9747b28c), 0x283E0130u);
    EXPECT_EQ(hash("aaaa", 0x9747b28c), 0x5A97808Au);
}

TEST(Murmur3, TakesBytesAsUnsigned)
{
    EXPECT_EQ(hash("\xff\xff\xff\xff", 0), 0x76293B50u);
    EXPECT_EQ(hash("\x21\x43\x65\x87", 0), 0xF55B516Bu);
    EXPECT_EQ(hash("\x21\x43\x65", 0), 0x7E4A8634u);
    EXPECT_EQ(hash(std::string(4, '\0'), 0), 0x2362F9DEu);
}

TEST(Murmur3, DoesNotDependOnAlignment)
{
    const std::string text = "xThe quick brown fox";
    EXPECT_EQ(murmur3(text.data() + 1, text.size() - 1, 7), hash(text.substr(1), 7));
}

}  // namespace
}  // namespace lars
