// The known limit of v0.6: a program sees one host at a time. v0.7 gives the whole route:
// Agent.GivesAWholeRoute.
#include "agent.h"

TEST(Limit, ARouteIsNotToBeHad)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 2);
    program.host();
    ASSERT_EQ("1,2", dns.next_request());
    dns.answer(1, 2, {{10, 80}, {11, 81}});
    EXPECT_EQ("10:80", program.first_host());
    program.socket().send(kit::frame(7, std::string("\x08\x01\x10\x02", 4)));
    EXPECT_EQ("", program.socket().recv(nullptr, kit::SILENCE_MS));
}
