#include "services.h"

#include <sstream>

TEST(Agent, SaysWhatItStarts)
{
    kit::service agent("lars_lb_agent");
    for (int i = 0; i < 3; i++) {
        EXPECT_TRUE(agent.printed("agent UDP server :port " + std::to_string(agent.port + i) + " is started..."))
            << agent.output();
    }
    EXPECT_TRUE(agent.printed("report client thread start")) << agent.output();
    EXPECT_TRUE(agent.printed("dns client thread start")) << agent.output();
    EXPECT_TRUE(agent.printed("done!")) << agent.output();
}

TEST(Agent, Trap_A1_ServesThreePorts)
{
    kit::service agent("lars_lb_agent");
    for (int i = 0; i < 3; i++) {
        EXPECT_TRUE(kit::is_served(static_cast<uint16_t>(agent.port + i)))
            << "nobody listens on port " << agent.port + i << "; [agent] port is " << agent.port << ", and the servers have that one and the next two";
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
    EXPECT_EQ(0, bind(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr))
        << "127.0.0.2 has the agent's port too: it is to listen on 127.0.0.1 only (" << strerror(errno) << ")";
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
        EXPECT_EQ("", client.recv(nullptr, kit::SILENCE_MS)) << "what is no question is to get no answer";
    }
    EXPECT_TRUE(agent.running()) << "the agent has ended\n" << agent.output();
}

// Lines beside those that tell of a start: whoever ends says why.
static bool says_why(const std::string &said)
{
    std::istringstream lines(said);
    std::string line;
    while (getline(lines, line)) {
        if (!line.empty() && line.find("start") == std::string::npos && line != "done!") {
            return true;
        }
    }
    return false;
}

// The exit status, and in how what became of it; -1 when it has not ended by itself.
static int end_of(const std::string &conf, std::string *said, std::string *how)
{
    kit::temp_folder folder;
    if (!conf.empty()) {
        folder.write("conf/lars_lb_agent.conf", conf);
    }
    kit::program agent({kit::binary("lars_lb_agent")}, folder.path);
    bool ended = kit::eventually([&] { return !agent.running(); });
    if (!ended) {
        agent.kill();
    }
    *how = ended ? agent.ending() : "it still ran";
    *said = agent.output();
    return ended ? agent.wait() : -1;
}

TEST(Agent, EndsWithAMessageWithoutItsConfiguration)
{
    std::string said, how;
    EXPECT_GT(end_of("", &said, &how), 0) << "there is no conf/lars_lb_agent.conf: the agent is to end, and not with status 0; " << how;
    EXPECT_TRUE(says_why(said)) << "the agent has not said why it ends\n" << said;
}

TEST(Agent, EndsWithAMessageWhenAPortIsTaken)
{
    uint16_t port = kit::free_ports(3);
    kit::udp_listener other(static_cast<uint16_t>(port + 1));
    std::string said, how;
    EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_lb_agent.conf"), {{"agent.port", std::to_string(port)}}), &said, &how), 0)
        << "somebody has the second of the three ports: the agent is to end, and not with status 0; " << how;
    EXPECT_TRUE(says_why(said)) << "the agent has not said why it ends\n" << said;
}

TEST(Agent, EndsWithAMessageWhenItsPortsAreNone)
{
    std::string said, how;
    EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_lb_agent.conf"), {{"agent.port", "65534"}}), &said, &how), 0)
        << "from 65534 on there are no three ports: the agent is to end, and not with status 0; " << how;
    EXPECT_TRUE(says_why(said)) << "the agent has not said why it ends\n" << said;
}
