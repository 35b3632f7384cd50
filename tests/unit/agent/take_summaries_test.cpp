// What goes to the reporter.
#include "route_lb.h"
#include "scripted_hosts.h"
#include "wire.h"

namespace lars {
namespace {

using std::chrono::seconds;

class TakeSummaries : public testing::Test {
protected:
    void give(const module_id &id, const std::vector<route_host> &hosts)
    {
        endpoint ignored;
        modules.get_host(id, now, &ignored);
        modules.update({id, hosts}, now);
    }
    void report(const module_id &id, const endpoint &host, bool success)
    {
        modules.report({id, host, success, 0}, now);
    }
    std::vector<call_summary> take() { return modules.take_summaries(0xc0a80101, 1573034612); }

    lb_time now{seconds(1000)};
    route_lb modules{test::course_rules(), [](const module_id &) {}};
};

TEST_F(TakeSummaries, EachModuleWithCallsIsOneMessageWithAllItsHosts)
{
    give({1, 2}, test::hosts_of({"192.168.1.178:7776", "192.168.1.179:7778"}));
    give({1, 3}, test::hosts_of({"192.168.1.180:7779"}));
    for (int i = 0; i < 1000; ++i)
        report({1, 2}, test::host("192.168.1.179:7778"), i % 4 != 0);
    const auto summaries = take();
    ASSERT_EQ(summaries.size(), 1u);
    const call_summary &summary = summaries[0];
    EXPECT_EQ(summary.module, (module_id{1, 2}));
    EXPECT_EQ(summary.caller, 0xc0a80101u);
    EXPECT_EQ(summary.ts, 1573034612u);
    ASSERT_EQ(summary.hosts.size(), 2u);
    EXPECT_EQ(summary.hosts[0].succ + summary.hosts[0].err, 0u);
    EXPECT_EQ(summary.hosts[1].address.to_string(), "192.168.1.179:7778");
    EXPECT_EQ(summary.hosts[1].succ, 750u);
    EXPECT_EQ(summary.hosts[1].err, 250u);
    EXPECT_TRUE(summary.hosts[1].overloaded);
    EXPECT_FALSE(summary.hosts[0].overloaded);
    EXPECT_TRUE(take().empty());
}

// What is older than the row before is not stored.
TEST_F(TakeSummaries, AClockThatIsSetBackMakesNoneOlderThanTheOneBefore)
{
    give({1, 1}, test::hosts_of({"10.0.0.1:80"}));
    const auto time_of_next = [this](uint32_t clock) {
        report({1, 1}, test::host("10.0.0.1:80"), true);
        return modules.take_summaries(1, clock).at(0).ts;
    };
    EXPECT_EQ(time_of_next(2000000000), 2000000000u);
    EXPECT_EQ(time_of_next(1999992800), 2000000001u) << "two hours back";
    EXPECT_EQ(time_of_next(1999992815), 2000000002u);
    EXPECT_EQ(time_of_next(2000000020), 2000000020u) << "it has caught up";
    EXPECT_EQ(time_of_next(1900000000), 1900000000u) << "it was wrong by years";
    EXPECT_EQ(time_of_next(4294967295), 4294967295u);
}

TEST_F(TakeSummaries, CallsOfUnknownHostsAreNoCalls)
{
    give({1, 1}, test::hosts_of({"10.0.0.1:80"}));
    report({1, 1}, test::host("10.0.0.2:80"), true);
    EXPECT_TRUE(take().empty());
}

TEST_F(TakeSummaries, ARouteThatBecameEmptyStillSendsItsSums)
{
    give({1, 1}, test::hosts_of({"10.0.0.1:80"}));
    report({1, 1}, test::host("10.0.0.1:80"), true);
    modules.update({{1, 1}, {}}, now);
    const auto summaries = take();
    ASSERT_EQ(summaries.size(), 1u);
    ASSERT_EQ(summaries[0].hosts.size(), 1u);
    EXPECT_EQ(summaries[0].hosts[0].succ, 1u);
}

TEST_F(TakeSummaries, LongRoutesAreSplitIntoMessagesThatFitAFrame)
{
    std::vector<route_host> hosts;
    for (uint32_t i = 0; i < 2500; ++i)
        hosts.push_back({{0xffff0000 + i, 65535}});
    give({-1, -2}, hosts);
    for (const route_host &host : hosts) {
        for (int i = 0; i < 3; ++i)
            report({-1, -2}, host.address, i > 0);
    }
    const auto summaries = take();
    ASSERT_EQ(summaries.size(), 1u);
    std::vector<ReportStatusRequest> messages;
    for (const std::string &body : encode_call_summary(summaries[0]))
        ASSERT_TRUE(messages.emplace_back().ParseFromString(body));
    ASSERT_EQ(messages.size(), 3u);
    EXPECT_EQ(messages[0].results_size(), 1000);
    EXPECT_EQ(messages[1].results_size(), 1000);
    EXPECT_EQ(messages[2].results_size(), 500);
    uint64_t calls = 0;
    for (ReportStatusRequest message : messages) {
        EXPECT_EQ(message.cmdid(), -2);
        EXPECT_EQ(message.ts(), 1573034612u);
        for (HostCallResult &result : *message.mutable_results()) {
            calls += result.succ() + result.err();
            result.set_succ(UINT32_MAX);
            result.set_err(UINT32_MAX);
            result.set_overload(true);
        }
        EXPECT_LE(message.ByteSizeLong(), 65527u);
    }
    EXPECT_EQ(calls, 7500u);
}

}  // namespace
}  // namespace lars
