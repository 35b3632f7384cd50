// The known limits of v0.3.
#include "agent.h"

// A dead host is handed out for ever. v0.4 spares it: Agent.AHostThatFailsIsSpared.
TEST(Limit, ADeadHostIsGivenForEver)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    EXPECT_EQ("retcode 3", program.host());
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}, {11, 80}});   // 10 is dead, and the program says so each time
    EXPECT_EQ("10:80", program.first_host());
    int dead = 0;
    for (int i = 0; i < 100; i++) {
        bool is_dead = program.host() == "10:80";
        dead += is_dead;
        std::string body = std::string("\x08\x01\x10\x01\x1a\x04\x08\x0a\x10\x50", 10) + (is_dead ? std::string("\x20\x01", 2) : "");
        program.socket().send(kit::frame(6, body));   // ReportRequest (1,1) 10:80 failed
    }
    EXPECT_EQ(50, dead);
}

// An answer that is lost leaves its module waiting for ever (A8). v0.6 asks again on a new
// connection: Agent.Trap_A8_ANewConnectionAsksAgain.
TEST(Limit, AnAnswerThatIsLostIsNotAskedForAgain)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    EXPECT_EQ("retcode 3", program.host());
    ASSERT_EQ("1,1", dns.next_request());
    dns.close();
    ASSERT_TRUE(dns.accept());
    EXPECT_EQ("retcode 3", program.host());
    EXPECT_TRUE(dns.silent());
}

// A module that does not exist is asked for each time it is used (A9). The final system
// remembers for a second that there is none.
TEST(Limit, AnUnknownModuleIsAskedForEachTime)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 5, 5);
    for (int i = 0; i < 20; i++) {
        EXPECT_EQ("retcode 3", program.host());
        ASSERT_EQ("5,5", dns.next_request());
        dns.answer(5, 5, {});
        // The answer has been taken when that to the next question of the same connection has.
        kit::asker known(agent.port, 1, 100 + 3 * i);
        known.host();
        ASSERT_EQ("1," + std::to_string(100 + 3 * i), dns.next_request());
        dns.answer(1, 100 + 3 * i, {{10, 80}});
        ASSERT_EQ("10:80", known.first_host());
    }
}
