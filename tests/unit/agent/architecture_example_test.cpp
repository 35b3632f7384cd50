// The worked example of docs/architecture.md, step by step.
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::seconds;
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

TEST(ArchitectureExample, BIsSetAsideProbedAndMended)
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

TEST(ArchitectureExample, WithLittleTrafficTheTimeOutComesFirst)
{
    scripted_hosts module("AB");
    call(module, 6, false);
    module.pass(seconds(14));
    EXPECT_TRUE(module.overloaded('B'));
    module.pass(seconds(1));
    EXPECT_FALSE(module.overloaded('B'));
}

TEST(ArchitectureExample, ByTheShareAloneItTakesNinetySixSuccesses)
{
    scripted_hosts module("AB");
    module.config.contin_succ_limit = 1000;
    call(module, 6, false);
    module.succeed('B', 95);
    EXPECT_TRUE(module.overloaded('B'));
    module.succeed('B');
    EXPECT_FALSE(module.overloaded('B'));
}

}  // namespace
}  // namespace lars
