// When the overloaded hosts are probed.
#include "probe_schedule.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ProbeSchedule : public testing::Test {
protected:
    // How many choices go by until a probe is due; -1 if there is none in 1000.
    int choices_until_probe()
    {
        for (int i = 0; i < 1000; ++i) {
            if (const auto probe = schedule.next(hosts, config, now)) {
                last = *probe;
                return i;
            }
        }
        return -1;
    }
    // How long until there is one, when there are choices enough.
    milliseconds time_until_probe()
    {
        const lb_time began = now;
        while (choices_until_probe() < 0)
            now += milliseconds(100);
        return std::chrono::duration_cast<milliseconds>(now - began);
    }

    lb_config config;
    size_t hosts = 5;
    lb_time now{seconds(1000)};
    host_slot last = 99;
    probe_schedule schedule;
};

TEST_F(ProbeSchedule, AHostWaitsOneTwoFourThenFiveSeconds)
{
    schedule.add(3, true, hosts, config, now);
    for (int wait : {1, 2, 4, 5, 5, 5})
        EXPECT_EQ(time_until_probe(), seconds(wait));
    EXPECT_EQ(last, 3u);
}

TEST_F(ProbeSchedule, TheGapDoublesUpToItsLimit)
{
    schedule.add(3, true, hosts, config, now);
    for (int gap : {10, 20, 40, 80, 100, 100}) {
        now += seconds(60);
        EXPECT_EQ(choices_until_probe(), gap);
    }
}

TEST_F(ProbeSchedule, ManyHostsHaveALongerGap)
{
    hosts = 80;
    schedule.add(3, true, hosts, config, now);
    for (int gap : {80, 160, 160}) {
        now += seconds(60);
        EXPECT_EQ(choices_until_probe(), gap);
    }
}

TEST_F(ProbeSchedule, AfterASuccessTheHostIsProbedAgainAsSoonAsTheGapAllows)
{
    schedule.add(3, true, hosts, config, now);
    schedule.add(4, true, hosts, config, now);
    now += seconds(60);
    choices_until_probe();
    const host_slot first = last;
    EXPECT_TRUE(schedule.take_result(first, true, config));
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(choices_until_probe(), 10);
        EXPECT_EQ(last, first) << "not the other one, although its wait is over";
        EXPECT_TRUE(schedule.take_result(first, true, config));
    }
    EXPECT_EQ(choices_until_probe(), 10);
    EXPECT_TRUE(schedule.take_result(first, false, config));
    EXPECT_GT(choices_until_probe(), 10);
    EXPECT_NE(last, first);
}

TEST_F(ProbeSchedule, TheNextProbeAfterASuccessWaitsForItsResult)
{
    schedule.add(3, true, hosts, config, now);
    now += seconds(60);
    choices_until_probe();
    EXPECT_TRUE(schedule.take_result(3, true, config));
    EXPECT_EQ(choices_until_probe(), 10);
    EXPECT_EQ(choices_until_probe(), -1) << "nobody knows how that one went";
    EXPECT_EQ(time_until_probe(), seconds(4)) << "but it may never be reported";
}

TEST_F(ProbeSchedule, NoMoreResultsCountThanProbesWereHandedOut)
{
    schedule.add(3, true, hosts, config, now);
    EXPECT_FALSE(schedule.take_result(3, false, config)) << "a call from before";
    now += seconds(1);
    choices_until_probe();
    EXPECT_TRUE(schedule.take_result(3, false, config));
    EXPECT_FALSE(schedule.take_result(3, true, config));
    schedule.note_calls(3, 1);
    EXPECT_TRUE(schedule.take_result(3, true, config));
}

TEST_F(ProbeSchedule, WaitsBeginAnewOnlyWhenTheyAreToldTo)
{
    schedule.add(3, true, hosts, config, now);
    for (int i = 0; i < 3; ++i)
        time_until_probe();
    schedule.remove(3);
    EXPECT_TRUE(schedule.empty());
    schedule.add(3, false, hosts, config, now);
    EXPECT_EQ(time_until_probe(), seconds(5));
    schedule.remove(3);
    schedule.add(3, true, hosts, config, now);
    EXPECT_EQ(time_until_probe(), seconds(1));
}

TEST_F(ProbeSchedule, LowerBoundsCountForWaitsAndGapsThatHaveBegun)
{
    config.probe_wait_max = std::chrono::hours(24);
    config.probe_num_max = 1000000;
    schedule.add(3, true, hosts, config, now);
    for (int i = 0; i < 7; ++i) {
        now += std::chrono::hours(24);
        ASSERT_GE(choices_until_probe(), 10);
    }
    config.probe_num_max = 100;
    now += std::chrono::hours(24);
    EXPECT_EQ(choices_until_probe(), 100) << "not 1280";
    config.probe_wait_max = seconds(5);
    EXPECT_EQ(choices_until_probe(), -1);
    EXPECT_EQ(time_until_probe(), seconds(5)) << "not four minutes";
}

TEST_F(ProbeSchedule, AGapThatIsLongForManyHostsEndsSoonerWhenFewAreLeft)
{
    hosts = 800;
    schedule.add(3, true, hosts, config, now);
    now += seconds(60);
    EXPECT_EQ(choices_until_probe(), 800);
    hosts = 3;
    now += seconds(60);
    EXPECT_EQ(choices_until_probe(), 100) << "not 1600";
}

TEST_F(ProbeSchedule, HostsThatWaitTakeTurns)
{
    for (host_slot host : {1, 2, 3})
        schedule.add(host, true, hosts, config, now);
    std::string order;
    for (int i = 0; i < 9; ++i) {
        now += seconds(60);
        choices_until_probe();
        order += std::to_string(last);
    }
    EXPECT_EQ(order, "123123123");
}

}  // namespace
}  // namespace lars
