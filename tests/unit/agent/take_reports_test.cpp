// The messages that go to the reporter.
#include "route_lb.h"
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::seconds;

class TakeReports : public testing::Test {
protected:
    void give(module_id id, const std::vector<endpoint> &hosts)
    {
        endpoint ignored;
        modules.get_host(id, now, &ignored);
        modules.update(id, hosts, now);
    }
    std::vector<ReportStatusRequest> take()
    {
        std::vector<ReportStatusRequest> messages;
        modules.take_reports(0xc0a80101, 1573034612, [&](ReportStatusRequest message) {
            messages.push_back(std::move(message));
        });
        return messages;
    }

    lb_time now{seconds(1000)};
    route_lb modules{lb_config(), [](module_id) {}, [](module_id, const host_info &, const char *) {}};
};

TEST_F(TakeReports, EachModuleWithCallsIsOneMessageWithAllItsHosts)
{
    give({1, 2}, test::hosts_of({"192.168.1.178:7776", "192.168.1.179:7778"}));
    give({1, 3}, test::hosts_of({"192.168.1.180:7779"}));
    for (int i = 0; i < 1000; ++i)
        modules.report({1, 2}, test::host("192.168.1.179:7778"), i % 4 != 0, 0, now);
    const auto messages = take();
    ASSERT_EQ(messages.size(), 1u);
    const ReportStatusRequest &message = messages[0];
    EXPECT_EQ(message.modid(), 1);
    EXPECT_EQ(message.cmdid(), 2);
    EXPECT_EQ(message.caller(), static_cast<int32_t>(0xc0a80101));
    EXPECT_EQ(message.ts(), 1573034612u);
    ASSERT_EQ(message.results_size(), 2);
    EXPECT_EQ(message.results(0).succ() + message.results(0).err(), 0u);
    EXPECT_EQ(message.results(1).ip(), static_cast<int32_t>(test::host("192.168.1.179:1").ip));
    EXPECT_EQ(message.results(1).port(), 7778);
    EXPECT_EQ(message.results(1).succ(), 750u);
    EXPECT_EQ(message.results(1).err(), 250u);
    EXPECT_TRUE(message.results(1).overload());
    EXPECT_FALSE(message.results(0).overload());
    EXPECT_TRUE(take().empty());
}

TEST_F(TakeReports, CallsOfUnknownHostsAreNoCalls)
{
    give({1, 1}, test::hosts_of({"10.0.0.1:80"}));
    modules.report({1, 1}, test::host("10.0.0.2:80"), true, 0, now);
    EXPECT_TRUE(take().empty());
}

TEST_F(TakeReports, ARouteThatBecameEmptyStillSendsItsSums)
{
    give({1, 1}, test::hosts_of({"10.0.0.1:80"}));
    modules.report({1, 1}, test::host("10.0.0.1:80"), true, 0, now);
    modules.update({1, 1}, {}, now);
    const auto messages = take();
    ASSERT_EQ(messages.size(), 1u);
    ASSERT_EQ(messages[0].results_size(), 1);
    EXPECT_EQ(messages[0].results(0).succ(), 1u);
}

TEST_F(TakeReports, LongRoutesAreSplitIntoMessagesThatFitAFrame)
{
    std::vector<endpoint> hosts;
    for (uint32_t i = 0; i < 2500; ++i)
        hosts.push_back({0xffff0000 + i, 65535});
    give({-1, -2}, hosts);
    for (const endpoint &address : hosts) {
        for (int i = 0; i < 3; ++i)
            modules.report({-1, -2}, address, i > 0, 0, now);
    }
    const auto messages = take();
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
