// The known limits of v0.4.
#include "rules.h"

// Long good history hides a new failure. v0.5 counts for a while only:
// Rules.AHostWithALongHistoryIsFoundAsSoonAsAnother.
TEST(Limit, LongGoodHistoryHidesANewFailure)
{
    with_config config;
    module_with fresh({10});
    int calls = 0;
    while (!fresh.host(10)->overload && calls < 1000) {
        fresh.report(10, ++calls % 3 == 0 ? 1 : 0);
    }
    EXPECT_EQ(78, calls);

    module_with old({10});
    old.report(10, 0, 100000);
    for (int i = 0; i < 10000; i++) {   // each third call fails, 30,000 times
        old.report_each(1, 10, 0, 2);
        old.report_each(1, 10, 1);
    }
    EXPECT_FALSE(old.host(10)->overload);
}

// Each report is a message to the reporter (A10). The final system sums up for 15 s.
TEST(Limit, EachReportIsAMessage)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    ASSERT_EQ("10:80", program.first_host());
    const std::string report = kit::frame(6, std::string("\x08\x01\x10\x01\x1a\x04\x08\x0a\x10\x50", 10));
    for (int i = 1; i <= 50; i++) {
        program.socket().send(report);
        EXPECT_EQ("1,1 10:80 " + std::to_string(i) + " 0 idle", reporter.next_report());
    }
}
