#include "services.h"

TEST(Agent, SaysWhatItStarts)
{
    kit::service agent("lars_lb_agent");
    for (int i = 0; i < 3; i++) {
        EXPECT_TRUE(agent.printed("agent UDP server :port " + std::to_string(agent.port + i) + " is started..."))
            << agent.output();
    }
    EXPECT_TRUE(agent.printed("report client thread start"));
    EXPECT_TRUE(agent.printed("dns client thread start"));
    EXPECT_TRUE(agent.printed("done!"));
}

TEST(Agent, Trap_A1_ServesThreePorts)
{
    kit::service agent("lars_lb_agent");
    for (int i = 0; i < 3; i++) {
        EXPECT_TRUE(kit::is_served(static_cast<uint16_t>(agent.port + i)));
    }
}

// An address of this machine that the agent does not serve is free for others.
TEST(Agent, Trap_A18_ListensOnTheLoopbackAddressOnly)
{
    kit::service agent("lars_lb_agent");
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(agent.port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);   // 127.0.0.2
    EXPECT_EQ(0, bind(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr)) << strerror(errno);
    close(fd);
}

TEST(Agent, OutlivesWhateverIsSentToIt)
{
    kit::service agent("lars_lb_agent");
    for (int i = 0; i < 3; i++) {
        kit::udp_peer client(static_cast<uint16_t>(agent.port + i));
        for (const std::string &datagram : {std::string(), std::string("abc"), kit::frame_head(4, -1), kit::frame_head(4, 100),
                                            kit::frame(4, "\xff\xff\xff"), kit::frame(6, "\xff"), kit::frame(7, "\xff"),
                                            kit::frame(99, ""), std::string(60000, '\xff')}) {
            EXPECT_TRUE(client.send(datagram));
        }
        EXPECT_EQ("", client.recv(nullptr, kit::SILENCE_MS));
    }
    EXPECT_TRUE(agent.running()) << agent.output();
}

static int end_of(const std::string &conf, std::string *said)
{
    kit::temp_folder folder;
    if (!conf.empty()) {
        folder.write("conf/lars_lb_agent.conf", conf);
    }
    kit::program agent({kit::binary("lars_lb_agent")}, folder.path);
    int status = agent.wait();
    *said = agent.output();
    return status;
}

TEST(Agent, EndsWithAMessageWithoutItsConfiguration)
{
    std::string said;
    EXPECT_GT(end_of("", &said), 0);
    EXPECT_NE(std::string::npos, said.find("conf/lars_lb_agent.conf")) << said;
}

TEST(Agent, EndsWithAMessageWhenAPortIsTaken)
{
    uint16_t port = kit::free_ports(3);
    kit::udp_listener other(static_cast<uint16_t>(port + 1));
    std::string said;
    EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_lb_agent.conf"), {{"agent.port", std::to_string(port)}}), &said), 0);
    EXPECT_NE(std::string::npos, said.find(std::to_string(port + 1))) << said;
}

TEST(Agent, EndsWithAMessageWhenItsPortsAreNone)
{
    std::string said;
    EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_lb_agent.conf"), {{"agent.port", "65534"}}), &said), 0);
    EXPECT_NE(std::string::npos, said.find("65534")) << said;
}
