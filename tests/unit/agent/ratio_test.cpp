// Rates are exact fractions, never floating point numbers.
#include <gtest/gtest.h>

#include <limits>

#include "lb_config.h"

namespace lars {
namespace {

constexpr uint64_t HIGHEST = std::numeric_limits<uint64_t>::max();

TEST(Ratio, DecimalsAreTakenAsTheyStand)
{
    const auto parse = [](const std::string &text) {
        const auto r = ratio::parse(text);
        return r ? std::to_string(r->numerator) + "/" + std::to_string(r->denominator) : "none";
    };
    EXPECT_EQ(parse("0.95"), "95/100");
    EXPECT_EQ(parse("0.1"), "1/10");
    EXPECT_EQ(parse("1"), "1/1");
    EXPECT_EQ(parse("1.0"), "10/10");
    EXPECT_EQ(parse("0"), "0/1");
    EXPECT_EQ(parse("0.0000000001"), "1/10000000000");
    for (const char *wrong : {"", ".", "1.", "-1", "+1", "0,5", "1e-1", "0x1", " 1", "1 ", "0.-5",
                              "0.5.5", "0.00000000001", "99999999999999999999", "nan"})
        EXPECT_EQ(parse(wrong), "none") << wrong;
}

TEST(Ratio, EqualIsReachedButNotExceeded)
{
    const ratio r = *ratio::parse("0.95");
    EXPECT_FALSE(r.exceeded_by(95, 100));
    EXPECT_TRUE(r.reached_by(95, 100));
    EXPECT_FALSE(r.exceeded_by(19, 20));
    EXPECT_TRUE(r.reached_by(19, 20));
    EXPECT_TRUE(r.exceeded_by(96, 101));
    EXPECT_FALSE(r.reached_by(94, 99));
}

// In doubles 0.95 and 95/100 multiplied out differ for many of these.
TEST(Ratio, EveryMultipleIsExactlyEqual)
{
    for (uint64_t n = 1; n < 100000; n += 7) {
        EXPECT_FALSE((ratio{95, 100}.exceeded_by(19 * n, 20 * n)));
        EXPECT_TRUE((ratio{95, 100}.reached_by(19 * n, 20 * n)));
        EXPECT_TRUE((ratio{95, 100}.exceeded_by(19 * n + 1, 20 * n + 1)));
        EXPECT_FALSE((ratio{95, 100}.reached_by(19 * n - 1, 20 * n)));
    }
}

TEST(Ratio, TheLargestNumbersDoNotOverflow)
{
    const ratio nearly_one{9999999999, 10000000000};
    EXPECT_FALSE(nearly_one.exceeded_by(HIGHEST / 2, HIGHEST));
    EXPECT_TRUE(nearly_one.exceeded_by(HIGHEST, HIGHEST));
    EXPECT_TRUE((ratio{1, 1}.reached_by(HIGHEST, HIGHEST)));
    EXPECT_FALSE((ratio{1, 1}.exceeded_by(HIGHEST, HIGHEST)));
    EXPECT_FALSE((ratio{1, 1}.reached_by(HIGHEST - 1, HIGHEST)));
    EXPECT_TRUE((ratio{HIGHEST, HIGHEST}.reached_by(HIGHEST, HIGHEST)));
    EXPECT_FALSE((ratio{HIGHEST, HIGHEST}.exceeded_by(HIGHEST - 1, HIGHEST)));
}

TEST(Ratio, NothingOfNothingExceedsNothing)
{
    EXPECT_FALSE((ratio{1, 10}.exceeded_by(0, 0)));
    EXPECT_FALSE((ratio{0, 1}.exceeded_by(0, 10)));
    EXPECT_TRUE((ratio{0, 1}.exceeded_by(1, 10)));
}

}  // namespace
}  // namespace lars
