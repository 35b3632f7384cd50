// The known limit of v0.2: structures that no client reaches. v0.3 answers: Agent.GivesAHost.
#include "agent.h"

TEST(Limit, AQuestionIsNotAnswered)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    ASSERT_TRUE(dns.accept());
    kit::udp_peer client(kit::port_of(agent.port, 1, 1));
    ASSERT_TRUE(client.send(kit::frame(4, std::string("\x10\x01\x18\x01", 4))));   // GetHostRequest (1,1)
    EXPECT_EQ("", client.recv(nullptr, kit::SILENCE_MS));
    EXPECT_TRUE(dns.silent());
}
