// The known limit of v0.0: there is nothing to connect to.
#include "testing.h"

#include "tcp_server.h"

TEST(Limit, TheProgramEndsAndNobodyCanConnect)
{
    kit::child program([](uint16_t) { lars_hello(); }, kit::child::NOTHING);
    EXPECT_EQ(0, program.wait());
    EXPECT_FALSE(kit::peer(program.port).ok());
}
