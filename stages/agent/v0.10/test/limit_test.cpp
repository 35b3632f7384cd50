// The known limits of v0.10, where the course ends; the final system lifts them.
#include "rules.h"

// The next report, not a clock, ends a window or a rest.
TEST(Limit, WithoutAReportNothingEnds)
{
    with_config config;
    module_with with({10, 11});
    with.make_overload(10);
    with.report(11, 1, 14);
    scripted_time += 1000;
    EXPECT_TRUE(with.host(10)->overload);
    EXPECT_EQ("11 11 11 11 11 ", with.choices(5));
    EXPECT_EQ("vsucc 180 verr 14 rsucc 0 rerr 14 row 0 14", with.counts(11));
}

// Calls that were counted are lost to the reporter when the host's state changes.
TEST(Limit, AChangeOfStateLosesCounts)
{
    with_config config;
    module_with with({10});
    with.report(10, 1, 15);
    EXPECT_EQ("vsucc 0 verr 5 rsucc 0 rerr 0 row 0 0", with.counts(10));
}

// An answer that is lost on a connection that lasts is never asked for again.
TEST(Limit, ALostAnswerWaitsForANewConnection)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    // The agent must know of its connection: when it learns of it, it asks again.
    kit::asker other(agent.port, 1, 2);
    other.host();
    ASSERT_EQ("1,2", dns.next_request());
    dns.answer(1, 2, {{10, 80}});
    EXPECT_EQ("10:80", other.first_host());

    kit::asker program(agent.port, 1, 1);
    EXPECT_EQ("retcode 3", program.host());
    std::string request = "1,2";
    while (request == "1,2") {   // perhaps it has asked for that one twice
        request = dns.next_request();
    }
    ASSERT_EQ("1,1", request);
    EXPECT_EQ("retcode 3", program.host());
    EXPECT_TRUE(dns.silent());
}

// Nothing is kept on disk: an agent that starts without a dns knows no route.
TEST(Limit, ARestartedAgentKnowsNothing)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    EXPECT_EQ("10:80", program.first_host());
    agent.kill();
    dns.close();
    agent.restart();
    kit::asker again(agent.port, 1, 1);
    EXPECT_EQ("retcode 3", again.host());
}
