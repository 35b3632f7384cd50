// lars_client, with the agent, with none, and with one that the test plays.
#include "agent.h"

#include "lars_api.h"

// The agent with its route of module (1,1).
struct with_agent {
    explicit with_agent(const kit::hosts &all) : agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()))
    {
        kit::asker program(agent.port, 1, 1);
        program.host();
        EXPECT_EQ("1,1", dns.next_request());
        dns.answer(1, 1, all);
        program.first_host();
    }
    kit::scripted_server dns, reporter;
    kit::service agent;
};

static std::string host(lars_client &client, int modid, int cmdid)
{
    std::string ip;
    int port = 0;
    kit::note("the client", "called get_host(" + std::to_string(modid) + "," + std::to_string(cmdid) + ")");
    int ret = client.get_host(modid, cmdid, ip, port);
    std::string got = ret == 0 ? ip + ":" + std::to_string(port) : "error " + std::to_string(ret);
    kit::note("the client", "got " + got);
    return got;
}

TEST(LarsClient, Trap_A14_GetsAHost)
{
    with_agent with({{kit::FIRST_IP, 7777}});
    lars_client client("127.0.0.1", with.agent.port);
    EXPECT_EQ("192.168.1.177:7777", host(client, 1, 1));
    EXPECT_EQ("error 3", host(client, 1, 2));
}

TEST(LarsClient, EachThreadHasAClientOfItsOwn)
{
    with_agent with({{10, 80}, {11, 80}});
    std::vector<std::thread> threads;
    std::atomic<int> got(0);
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&] {
            lars_client client("127.0.0.1", with.agent.port);
            for (int n = 0; n < 50 && kit::eventually([&] { return host(client, 1, 1).compare(0, 5, "0.0.0") == 0; }); n++) {
                got++;   // 0.0.0.10 or 11
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(200, got) << "four threads have asked for 50 hosts each, with a client of their own";
}

static bool heard(kit::udp_listener &socket, lars::GetHostRequest &req)
{
    std::string datagram = socket.recv();
    bool ok = datagram.compare(0, 4, std::string("\4\0\0\0", 4)) == 0 && datagram.size() >= 8 && req.ParseFromString(datagram.substr(8));
    EXPECT_TRUE(ok) << "the client has sent no message 4, a GetHostRequest; came " << kit::shown(datagram);
    return ok;
}

// The agent's part is played by a socket of the test: it hears the questions and says what it likes.
struct played_agent {
    played_agent() : first(kit::free_ports(3)), socket(kit::port_of(first, 1, 1)) {}
    // The client's next question; false when none comes.
    bool question(lars::GetHostRequest &req) { return heard(socket, req); }
    static lars::GetHostResponse answer_to(const lars::GetHostRequest &req, uint32_t ip)
    {
        lars::GetHostResponse rsp;
        rsp.set_seq(req.seq());
        rsp.set_modid(req.modid());
        rsp.set_cmdid(req.cmdid());
        rsp.mutable_host()->set_ip(static_cast<int32_t>(ip));
        rsp.mutable_host()->set_port(80);
        return rsp;
    }
    uint16_t first;
    kit::udp_listener socket;
};

// Asks for a host of (1,1) in a program of its own, for get_host may wait for ever.
struct asking_program {
    explicit asking_program(uint16_t first_port)
        : program(
              [first_port](uint16_t) {
                  lars_client client("127.0.0.1", first_port);
                  printf("%s", host(client, 1, 1).c_str());
                  fflush(stdout);
              },
              kit::child::NOTHING)
    {
    }
    std::string got() { return program.wait() == -1 ? "get_host has not returned" : program.output(); }
    kit::child program;
};

TEST(LarsClient, Trap_A15_ReturnsWithoutAnAgent)
{
    uint16_t nobody = kit::free_ports(3);
    EXPECT_EQ("error 2", asking_program(nobody).got()) << "there is no agent: get_host is to return 2";
    lars_client client("127.0.0.1", nobody);
    EXPECT_EQ("error 2", host(client, 1, 1)) << "there is no agent: get_host is to return 2";
    EXPECT_EQ("error 2", host(client, 1, 1)) << "there is still no agent: get_host is to return 2";
}

TEST(LarsClient, Trap_A15_ReturnsWhenTheAgentDoesNotAnswer)
{
    played_agent agent;
    EXPECT_EQ("error 2", asking_program(agent.first).got()) << "the agent does not answer: get_host is to return 2 after 200 ms";
}

TEST(LarsClient, Trap_A15_RubbishIsNoAnswer)
{
    played_agent agent;
    asking_program client(agent.first);
    lars::GetHostRequest req;
    ASSERT_TRUE(agent.question(req));
    agent.socket.answer("abc");
    agent.socket.answer(kit::frame_head(5, -1));
    agent.socket.answer(kit::frame_head(5, 1000));
    agent.socket.answer(kit::frame(5, "\xff\xff"));
    agent.socket.answer(kit::frame_of(8, played_agent::answer_to(req, 9)));   // another kind of answer
    EXPECT_EQ("error 2", client.got())
        << "what came was no message 5, or not as long as its head says: get_host is to wait on, and to return 2 after 200 ms";
}

TEST(LarsClient, Trap_A16_ALateAnswerIsNotTakenForTheNext)
{
    played_agent agent;
    lars_client client("127.0.0.1", agent.first);
    EXPECT_EQ("error 2", host(client, 1, 1));
    lars::GetHostRequest first;
    ASSERT_TRUE(agent.question(first));
    agent.socket.answer(kit::frame_of(5, played_agent::answer_to(first, 1)));   // too late
    std::thread other([&] {
        lars::GetHostRequest second;
        if (!agent.question(second)) {
            return;
        }
        lars::GetHostRequest foreign = second;
        foreign.set_modid(7);
        agent.socket.answer(kit::frame_of(5, played_agent::answer_to(foreign, 2)));
        agent.socket.answer(kit::frame_of(5, played_agent::answer_to(second, 3)));
    });
    EXPECT_EQ("0.0.0.3:80", host(client, 1, 1))
        << "get_host(1, 1) was not answered in time, and was called again; first came the late answer 0.0.0.1:80 to the first question, then 0.0.0.2:80 of module "
           "(7,1), then 0.0.0.3:80 for the second question: of an answer seq and module are to be looked at, and what does not fit is to be thrown away";
    other.join();
}

TEST(LarsClient, FindsAnAgentThatComesLater)
{
    uint16_t first = kit::free_ports(3);
    lars_client client("127.0.0.1", first);
    EXPECT_EQ("error 2", host(client, 1, 1));
    kit::udp_listener socket(kit::port_of(first, 1, 1));
    std::thread other([&] {
        lars::GetHostRequest req;
        if (heard(socket, req)) {
            socket.answer(kit::frame_of(5, played_agent::answer_to(req, 4)));
        }
    });
    EXPECT_EQ("0.0.0.4:80", host(client, 1, 1))
        << "an agent came after a question that met nobody; the next question is to get 0.0.0.4:80 from it";
    other.join();
}
