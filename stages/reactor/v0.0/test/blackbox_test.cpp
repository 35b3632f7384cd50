#include "testing.h"

#include "tcp_server.h"

TEST(LarsHello, PrintsTheGreeting)
{
    kit::child program([](uint16_t) { lars_hello(); }, kit::child::NOTHING);
    EXPECT_EQ(0, program.wait());
    EXPECT_EQ("lars hello\n", program.output());
}
