#include "alarm.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace lars {
namespace {

using namespace std::chrono_literals;

// Waits until it rings, which has to be soon.
bool rings(const alarm &one)
{
    pollfd readable{one.fd(), POLLIN, 0};
    return poll(&readable, 1, 10000) == 1;
}

bool is_silent(const alarm &one)
{
    pollfd readable{one.fd(), POLLIN, 0};
    return poll(&readable, 1, 0) == 0;
}

class Alarm : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(_alarm.open()); }

    alarm _alarm;
    const alarm::clock::time_point _start = alarm::clock::now();
};

TEST_F(Alarm, RingsAtItsTimeAndNotEarlier)
{
    EXPECT_TRUE(is_silent(_alarm));
    _alarm.ring_at(_start + 5500us);
    EXPECT_TRUE(rings(_alarm));
    EXPECT_GE(alarm::clock::now(), _start + 5500us);
}

TEST_F(Alarm, WhatIsPastRingsAtOnce)
{
    _alarm.ring_at(_start - 1s);
    EXPECT_TRUE(rings(_alarm));
    _alarm.reset();
    _alarm.ring_at({});
    EXPECT_TRUE(rings(_alarm));
}

TEST_F(Alarm, TheEarliestTimeCounts)
{
    _alarm.ring_at(_start + 1h);
    _alarm.ring_at(_start);
    _alarm.ring_at(_start + 2h);
    EXPECT_TRUE(rings(_alarm));
}

TEST_F(Alarm, NeverIsNoTime)
{
    _alarm.ring_at(alarm::clock::time_point::max());
    EXPECT_TRUE(is_silent(_alarm));
    _alarm.ring_at(_start);
    EXPECT_TRUE(rings(_alarm));
}

TEST_F(Alarm, RingsAgainOnceItWasReset)
{
    _alarm.ring_at(_start);
    ASSERT_TRUE(rings(_alarm));
    _alarm.reset();
    EXPECT_TRUE(is_silent(_alarm));
    _alarm.ring_at(_start + 1ms);
    EXPECT_TRUE(rings(_alarm));
}

// As when the loop comes to it after it has armed it for something earlier.
TEST_F(Alarm, AResetBeforeItRingsTakesNothingAway)
{
    _alarm.ring_at(_start + 20ms);
    _alarm.reset();
    EXPECT_TRUE(rings(_alarm));
}

}  // namespace
}  // namespace lars
