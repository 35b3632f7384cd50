// The known limit of v0.1: nothing that is asked is answered. v0.3 answers: Agent.GivesAHost.
#include "services.h"

TEST(Limit, AQuestionIsNotAnswered)
{
    kit::service agent("lars_lb_agent");
    kit::udp_peer client(static_cast<uint16_t>(agent.port + 2));
    ASSERT_TRUE(client.send(kit::frame(4, std::string("\x10\x01\x18\x01", 4))));   // GetHostRequest (1,1)
    EXPECT_EQ("", client.recv(nullptr, kit::SILENCE_MS));
}
