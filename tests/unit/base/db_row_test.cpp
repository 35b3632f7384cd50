#include "db_row.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

const std::vector<std::string> names = {"modid", "port"};

status as_unsigned(db_row::value text, uint64_t *number, uint64_t highest = UINT64_MAX)
{
    return db_row(names, {std::nullopt, text}).get_unsigned(1, number, highest);
}

status as_signed(db_row::value text, int64_t *number)
{
    return db_row(names, {std::nullopt, text}).get_signed(1, number);
}

TEST(DbRow, NumbersAreReadToTheirLimits)
{
    uint64_t u = 0;
    EXPECT_TRUE(as_unsigned("18446744073709551615", &u));
    EXPECT_EQ(u, UINT64_MAX);
    EXPECT_TRUE(as_unsigned("65535", &u, 65535));
    int64_t i = 0;
    EXPECT_TRUE(as_signed("-9223372036854775808", &i));
    EXPECT_EQ(i, INT64_MIN);
}

TEST(DbRow, WhatIsNoNumberIsAnErrorWithColumnAndValue)
{
    uint64_t u = 42;
    for (const char *text :
         {"", "-1", "+1", " 1", "1 ", "1.0", "0x10", "abc", "18446744073709551616"})
        EXPECT_FALSE(as_unsigned(text, &u)) << text;
    EXPECT_EQ(as_unsigned("65536", &u, 65535).message(),
              "column port holds \"65536\", not a number from 0 to 65535");
    EXPECT_EQ(as_unsigned(std::nullopt, &u, 9).message(),
              "column port holds NULL, not a number from 0 to 9");
    EXPECT_EQ(u, 42u);
    int64_t i = 42;
    for (const char *text : {"", "-", "1e3", "9223372036854775808"})
        EXPECT_FALSE(as_signed(text, &i)) << text;
    EXPECT_EQ(i, 42);
}

TEST(DbRow, LongAndUnprintableValuesAreShownShort)
{
    uint64_t u = 0;
    const std::string held = "\x01" + std::string(1000, 'x');
    const std::string message = as_unsigned(held, &u).message();
    EXPECT_LT(message.size(), 150u);
    EXPECT_NE(message.find("\"?xxx"), std::string::npos);
}

TEST(DbRow, AColumnThatIsNotThereIsAnError)
{
    uint64_t u = 0;
    const std::vector<db_row::value> values = {"1", "2"};
    const db_row row(names, values);
    EXPECT_EQ(row[2], std::nullopt);
    EXPECT_FALSE(row.get_unsigned(2, &u));
}

TEST(DbRow, AnIdIsTheSame32BitsSignedOrNot)
{
    int32_t id = 0;
    const std::vector<std::pair<const char *, int32_t>> same = {{"4294967295", -1},
                                                                {"-1", -1},
                                                                {"2147483648", INT32_MIN},
                                                                {"2147483647", INT32_MAX},
                                                                {"0", 0}};
    for (const auto &[text, expected] : same) {
        ASSERT_TRUE(db_row(names, {text}).get_id(0, &id));
        EXPECT_EQ(id, expected) << text;
    }
    EXPECT_FALSE(db_row(names, {"4294967296"}).get_id(0, &id));
    EXPECT_FALSE(db_row(names, {"-2147483649"}).get_id(0, &id));
}

}  // namespace
}  // namespace lars
