// load_balance against the slow model of the course's rules, with random hosts and calls.
#include <map>
#include <random>

#include "course_model.h"
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::course_model;
using test::scripted_hosts;

void expect_same(scripted_hosts &real, const course_model &expected)
{
    for (const auto &[name, state] : expected.hosts) {
        ASSERT_TRUE(real.hosts.slot_of(test::named(name))) << name;
        const host_health::counts &host = real.info(name);
        const long seen[] = {real.overloaded(name),
                             static_cast<long>(host.vsucc),
                             static_cast<long>(host.verr),
                             static_cast<long>(host.rsucc),
                             static_cast<long>(host.rerr),
                             static_cast<long>(host.contin_succ),
                             static_cast<long>(host.contin_err)};
        const long wanted[] = {state.overloaded, state.vsucc,    state.verr,   state.rsucc,
                               state.rerr,       state.run_succ, state.run_err};
        for (size_t i = 0; i < std::size(seen); ++i)
            ASSERT_EQ(seen[i], wanted[i]) << "field " << i << " of " << name;
    }
}

// How healthy each host is in one stretch of the run.
void run(unsigned seed, int steps)
{
    std::mt19937 random(seed);
    const auto below = [&random](int limit) {
        return static_cast<int>(random() % static_cast<unsigned>(limit));
    };
    scripted_hosts real;
    course_model expected;
    std::map<char, int> sickness;
    std::map<char, std::pair<long, long>> reported;
    for (int step = 0; step < steps; ++step) {
        const int what = below(1000);
        if (what < 500) {
            const char chosen = real.choose();
            ASSERT_EQ(chosen, expected.choose()) << "step " << step;
        } else if (what < 960) {
            const char name = static_cast<char>('A' + below(6));
            const bool success = below(100) >= sickness[name];
            const uint32_t timecost = below(4) == 0 ? static_cast<uint32_t>(below(6000)) : 0;
            real.report(name, success, 1, timecost);
            expected.report(name, success, timecost);
        } else if (what < 985) {
            const int time = below(3) == 0 ? below(20000) : below(700);
            real.pass(milliseconds(time));
            expected.pass(time);
        } else if (what < 993) {
            const int levels[] = {0, 5, 30, 75, 100};
            sickness[static_cast<char>('A' + below(6))] = levels[below(5)];
        } else {
            std::string route;
            for (char name = 'A'; name < 'G'; ++name)
                route += below(3) > 0 ? std::string(1, name) : "";
            real.update(route);
            expected.update(route);
        }
        expect_same(real, expected);
        if (testing::Test::HasFatalFailure())
            FAIL() << "step " << step;
        if (step % 997 == 0) {
            for (const auto &sum : real.hosts.take_calls()) {
                auto &total = reported[static_cast<char>(sum.address.ip & 0xff)];
                total.first += sum.succ;
                total.second += sum.err;
            }
        }
    }
    for (const auto &sum : real.hosts.take_calls()) {
        auto &total = reported[static_cast<char>(sum.address.ip & 0xff)];
        total.first += sum.succ;
        total.second += sum.err;
    }
    for (const auto &[name, total] : expected.sums)
        ASSERT_EQ(reported[name], total) << "calls of " << name;
    ASSERT_GT(real.changes.size(), 10u) << "nothing was tested";
}

TEST(Model, DoesTheSameInEveryRun)
{
    for (unsigned seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        ASSERT_NO_FATAL_FAILURE(run(seed, 8000));
    }
}

}  // namespace
}  // namespace lars
