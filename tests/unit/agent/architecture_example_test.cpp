// The worked examples of docs/architecture.md, step by step.
#include "adaptive_hosts.h"

namespace lars {
namespace {

using std::chrono::seconds;
using test::adaptive_hosts;
using test::scripted_hosts;

// Chooses as often as a caller does, who calls what it is given: A answers, and B
// fails after a second or, once mended, answers.
std::string call(scripted_hosts &module, int times, bool b_works)
{
    std::string called;
    while (times-- > 0) {
        called += module.choose();
        if (called.back() == 'B' && !b_works)
            module.fail('B', 1, 1000);
        else
            module.succeed(called.back());
    }
    return called;
}

TEST(CourseExample, BIsSetAsideProbedAndMended)
{
    scripted_hosts module("AB");
    EXPECT_EQ(call(module, 4, false), "ABAB");
    EXPECT_EQ(module.info('B').verr, 20u);
    EXPECT_EQ(module.info('B').vsucc, 180u);
    EXPECT_FALSE(module.overloaded('B'));
    EXPECT_EQ(call(module, 2, false), "AB");
    EXPECT_TRUE(module.overloaded('B'));
    EXPECT_EQ(module.info('B').verr, 5u);
    EXPECT_EQ(module.info('B').vsucc, 0u);

    EXPECT_EQ(call(module, 22, false), "AAAAAAAAAAB"
                                       "AAAAAAAAAAB");
    module.pass(seconds(15));
    EXPECT_TRUE(module.overloaded('B'));

    call(module, 14 * 11, true);
    EXPECT_TRUE(module.overloaded('B'));
    EXPECT_EQ(call(module, 11, true), "AAAAAAAAAAB");
    EXPECT_FALSE(module.overloaded('B'));
    EXPECT_EQ(module.info('B').vsucc, 180u);
    EXPECT_EQ(module.choose(4), "ABAB");
}

TEST(CourseExample, WithLittleTrafficTheTimeOutComesFirst)
{
    scripted_hosts module("AB");
    call(module, 6, false);
    module.pass(seconds(14));
    EXPECT_TRUE(module.overloaded('B'));
    module.pass(seconds(1));
    EXPECT_FALSE(module.overloaded('B'));
}

TEST(CourseExample, ByTheShareAloneItTakesNinetySixSuccesses)
{
    scripted_hosts module("AB");
    module.config.contin_succ_limit = 1000;
    call(module, 6, false);
    module.succeed('B', 95);
    EXPECT_TRUE(module.overloaded('B'));
    module.succeed('B');
    EXPECT_FALSE(module.overloaded('B'));
}

// Of the adaptive policy: C, which weighs as much as A and B together, dies after 396
// calls, one each millisecond.
class AdaptiveExample : public testing::Test {
protected:
    void SetUp() override
    {
        module.weigh({{'A', 100}, {'B', 100}, {'C', 200}});
        EXPECT_EQ(module.call(396), (std::map<char, int>{{'A', 99}, {'B', 99}, {'C', 198}}));
    }

    // Calls until C has been called once more, which works or not. Returns the calls of others.
    int until_c(bool c_works)
    {
        for (int others = 0; others < 100000; ++others) {
            if (module.call(1, c_works ? "" : "C").count('C') > 0)
                return others;
        }
        ADD_FAILURE() << "C is not called";
        return -1;
    }
    double evidence() const { return std::stod(module.figure('C', "evidence")); }

    adaptive_hosts module;
};

TEST_F(AdaptiveExample, EvidenceAddsUpToEight)
{
    until_c(false);
    EXPECT_NEAR(evidence(), 0.98, 0.005);
    module.succeed('A');
    module.succeed('C');
    EXPECT_NEAR(evidence(), 0.98 - 0.13, 0.01);
    module.succeed('C', 10);
    EXPECT_EQ(evidence(), 0);
    for (int failure = 1; failure <= 8; ++failure)
        until_c(false);
    EXPECT_NEAR(evidence(), 7.85, 0.02);
    EXPECT_FALSE(module.overloaded('C'));
    until_c(false);
    EXPECT_TRUE(module.overloaded('C'));
    EXPECT_EQ(module.changes.back(), "C+ it fails more than the others");
    EXPECT_EQ(module.share('A'), 0.5);
}

TEST_F(AdaptiveExample, ThirteenProbesInTheFirstMinute)
{
    module.set_aside("C");
    const lb_time aside = module.now;
    for (int due : {1, 3, 7, 12, 17, 22, 27, 32, 37, 42, 47, 52, 57}) {
        until_c(false);
        const std::chrono::duration<double> passed = module.now - aside;
        EXPECT_NEAR(passed.count(), due, 0.1);
    }
    // Slowly called, it waits for choices of others: 10, 20, 40, 80, 100, 100 ...
    adaptive_hosts slow("AB");
    slow.call(200);
    slow.set_aside("B");
    for (int gap : {10, 20, 40, 80, 100, 100}) {
        slow.now += seconds(5);
        EXPECT_EQ(slow.call(gap, "B").count('B'), 0u) << gap;
        EXPECT_EQ(slow.call(1, "B").count('B'), 1u) << gap;
    }
}

TEST_F(AdaptiveExample, EightProbesThatSucceedAndARampBringItBack)
{
    module.set_aside("C");
    until_c(false);
    until_c(true);
    EXPECT_NEAR(evidence(), 7.48, 0.02);
    for (int probe = 2; probe <= 8; ++probe) {
        EXPECT_TRUE(module.overloaded('C')) << probe;
        EXPECT_EQ(until_c(true), 10) << probe;
    }
    EXPECT_FALSE(module.overloaded('C'));
    EXPECT_EQ(module.changes.back(), "C- probes succeed");
    EXPECT_NEAR(evidence(), 3.9, 0.05);

    const lb_time back = module.now;
    EXPECT_NEAR(module.share('C'), 0.091, 0.0005) << "20 of 220";
    module.now = back + seconds(5);
    module.call(1);
    EXPECT_NEAR(module.share('C'), 0.355, 0.0005) << "110 of 310";
    module.now = back + seconds(10);
    module.call(1);
    EXPECT_EQ(module.share('C'), 0.5);
}

TEST_F(AdaptiveExample, FiveFailuresAreEnoughAfterAReturn)
{
    module.set_aside("C");
    while (module.overloaded('C'))
        module.call(1);
    for (int failure = 1; failure <= 5; ++failure) {
        EXPECT_FALSE(module.overloaded('C')) << failure;
        until_c(false);
    }
    EXPECT_TRUE(module.overloaded('C'));
}

}  // namespace
}  // namespace lars
