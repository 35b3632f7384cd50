#include "utf8.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

TEST(Utf8, CharactersAreCounted)
{
    EXPECT_EQ(count_characters(""), 0u);
    EXPECT_EQ(count_characters(std::string_view("a\0b", 3)), 3u);
    EXPECT_EQ(count_characters("caf\xc3\xa9 \xe6\x9c\x8d\xe5\x8a\xa1 \xf0\x9f\x98\x80"), 9u);
    EXPECT_EQ(count_characters("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
                               "\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
              9u);
}

TEST(Utf8, WhatIsNoneIsRefused)
{
    for (const char *wrong :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "a\xc3", "\xc3(", "\xe0\x9f\xbf",
          "\xe6\x9c", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xfe", "\xf0\x9f\x98"})
        EXPECT_FALSE(count_characters(wrong)) << wrong;
}

TEST(Utf8, TheBeginningIsOfWholeCharacters)
{
    EXPECT_EQ(first_characters("\xc3\xa4\xc3\xb6\xc3\xbc", 2), "\xc3\xa4\xc3\xb6");
    EXPECT_EQ(first_characters("ab", 5), "ab");
    EXPECT_EQ(first_characters("ab\xff"
                               "c",
                               5),
              "ab");
}

TEST(Utf8, ControlCharactersAreSeen)
{
    for (const char *text : {"a\n", "\t", "\x1b[0m", "\x7f", "\xc2\x80", "\xc2\x9f"})
        EXPECT_TRUE(has_control_character(text)) << text;
    for (const char *text : {"", "a b", "\xc2\xa0", "\xe6\x9c\x8d"})
        EXPECT_FALSE(has_control_character(text)) << text;
}

}  // namespace
}  // namespace lars
