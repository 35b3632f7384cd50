#include "agent.h"

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

TEST(Agent, EndsWithAMessageWhenThePortOfAServerIsNone)
{
    for (const char *section : {"dnsserver", "reporter"}) {
        std::string said, key = std::string(section) + ".port";
        kit::settings values = {{key, "70000"}, {"agent.port", std::to_string(kit::free_ports(3))}};
        EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_lb_agent.conf"), values), &said), 0);
        EXPECT_NE(std::string::npos, said.find("70000")) << said;
    }
}

// The same input as v0.1's and v0.2's limit tests, byte for byte.
TEST(Agent, GivesAHost)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::udp_peer program(kit::port_of(agent.port, 1, 1));
    const std::string question = kit::frame(4, std::string("\x08\x07\x10\x01\x18\x01", 6));
    ASSERT_TRUE(program.send(question));
    EXPECT_EQ(kit::frame(5, std::string("\x08\x07\x10\x01\x18\x01\x20\x03", 8)), program.recv());   // not known yet
    ASSERT_TRUE(dns.accept());
    EXPECT_EQ(std::string("\x01\0\0\0\x04\0\0\0\x08\x01\x10\x01", 12), dns.connection().recv(12));
    dns.answer(1, 1, {{kit::FIRST_IP, 7777}});
    std::string answer;
    EXPECT_TRUE(kit::eventually([&] {
        program.send(question);
        answer = program.recv();
        return answer == kit::frame(5, std::string("\x08\x07\x10\x01\x18\x01\x2a\x0e\x08\xb1\x83\xa0\x85\xfc\xff\xff\xff\xff\x01\x10\xe1\x3c", 22));
    })) << answer;
}

TEST(Agent, GivesTheHostsInTurn)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 2);
    EXPECT_EQ("retcode 3", program.host());
    ASSERT_EQ("1,2", dns.next_request());
    dns.answer(1, 2, {{10, 80}, {11, 81}, {12, 82}});
    ASSERT_EQ("10:80", program.first_host());
    for (int i = 0; i < 5; i++) {
        EXPECT_EQ("11:81", program.host());
        EXPECT_EQ("12:82", program.host());
        EXPECT_EQ("10:80", program.host());
    }
    // Asked once, or once more by the use that found the connection just made.
    EXPECT_TRUE(dns.silent() || dns.next_request() == "1,2");
    EXPECT_TRUE(dns.silent());
}

TEST(Agent, Trap_A2_EachModuleHasItsServer)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    std::string asked;
    const std::vector<std::pair<int, int>> modules = {{-1, 0}, {2147483647, 1}, {-2147483647 - 1, -1}, {0, 0}, {3, 4}};
    for (const auto &module : modules) {
        kit::asker program(agent.port, module.first, module.second);
        EXPECT_EQ("retcode 3", program.host());
        std::string wanted = std::to_string(module.first) + "," + std::to_string(module.second), last = asked;
        for (int i = 0; i < 3 && asked == last; i++) {   // the first one perhaps again: the connection had just been made
            asked = dns.next_request();
        }
        ASSERT_EQ(wanted, asked);
        dns.answer(module.first, module.second, {{10, 80}});
        EXPECT_EQ("10:80", program.first_host());
    }
}

TEST(Agent, Trap_A3_Trap_A7_AsksTheDnsThatComesLater)
{
    uint16_t dns_port = kit::free_port();
    kit::service agent("lars_lb_agent", kit::upstream(dns_port, kit::free_port()));
    kit::asker program(agent.port, 1, 1);
    EXPECT_EQ("retcode 3", program.host());
    EXPECT_EQ("retcode 3", program.host());
    kit::scripted_server dns(dns_port);
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    EXPECT_EQ("10:80", program.first_host());
}

TEST(Agent, ARouteThatChangesIsTaken)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    EXPECT_EQ("10:80", program.first_host());
    dns.answer(1, 1, {{11, 80}});
    EXPECT_TRUE(kit::eventually([&] { return program.host() == "11:80"; }));
    EXPECT_EQ("11:80", program.host());
    dns.answer(1, 1, {});
    EXPECT_TRUE(kit::eventually([&] { return program.host() == "retcode 3"; }));
}

TEST(Agent, OutlivesADnsThatSendsRubbish)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.connection().send(kit::frame(2, "\xff\xff") + kit::frame(2, "") + kit::frame(77, "x") + kit::frame(2, std::string(60000, '\x1a')));
    dns.answer(1, 1, {{0, 80}, {10, 70000}, {10, 80}});
    EXPECT_EQ("10:80", program.first_host());
    EXPECT_EQ("10:80", program.host());
    dns.connection().send(kit::frame_head(2, -5));   // after this no byte of the connection makes sense
    EXPECT_TRUE(dns.connection().closed());
    ASSERT_TRUE(dns.accept());
    EXPECT_EQ("10:80", program.host());
}

static void report(kit::asker &program, int modid, int cmdid, uint32_t ip, int port, int retcode)
{
    lars::ReportRequest req;
    req.set_modid(modid);
    req.set_cmdid(cmdid);
    req.set_retcode(retcode);
    req.mutable_host()->set_ip(static_cast<int32_t>(ip));
    req.mutable_host()->set_port(port);
    EXPECT_TRUE(program.socket().send(kit::frame_of(6, req)));
}

// The same input as v0.3's limit test: 10 is dead, and the program says so each time.
TEST(Agent, AHostThatFailsIsSpared)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}, {11, 80}});
    EXPECT_EQ("10:80", program.first_host());
    int dead = 0;
    for (int i = 0; i < 130; i++) {
        bool is_dead = program.host() == "10:80";
        dead += is_dead;
        report(program, 1, 1, is_dead ? 10 : 11, 80, is_dead);
    }
    EXPECT_EQ(15 + 9, dead);   // fifteen in a row, and every eleventh of the hundred that follow
    EXPECT_TRUE(agent.printed_line("[1, 1] host 0.0.0.10:80 change overload, succ 180 err 15")) << agent.output();
}

TEST(Agent, AHostThatIsWellAgainIsGivenAgain)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    ASSERT_EQ("10:80", program.first_host());
    for (int i = 0; i < 15; i++) {
        report(program, 1, 1, 10, 80, 1);
    }
    EXPECT_EQ("retcode 1", program.host());
    for (int i = 0; i < 9; i++) {
        EXPECT_EQ("retcode 1", program.host());
    }
    EXPECT_EQ("10:80", program.host());
    for (int i = 0; i < 15; i++) {
        report(program, 1, 1, 10, 80, 0);
    }
    EXPECT_EQ("10:80", program.host());
    EXPECT_EQ("10:80", program.host());
    EXPECT_TRUE(agent.printed_line("[1, 1] host 0.0.0.10:80 change idle, succ 15 err 5")) << agent.output();
}

TEST(Agent, ReportsGoToTheReporter)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    report(program, 1, 1, 10, 80, 0);   // of a module that is not known: nothing
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{kit::FIRST_IP, 7777}});
    ASSERT_EQ("3232235953:7777", program.first_host());
    report(program, 1, 1, kit::FIRST_IP, 7777, 0);
    EXPECT_EQ("1,1 3232235953:7777 1 0 idle", reporter.next_report());
    report(program, 1, 1, kit::FIRST_IP, 7777, 3);
    EXPECT_EQ("1,1 3232235953:7777 1 1 idle", reporter.next_report());
}

// Nothing but the time may bring it back here.
TEST(Agent, AnOverloadedHostComesBackAfterAWhile)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port(), {{"loadbalance.overload_timeout", "1"},
                                                                                   {"loadbalance.succ_rate", "1"},
                                                                                   {"loadbalance.contin_succ_limit", "100000000"}}));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    ASSERT_EQ("10:80", program.first_host());
    for (int i = 0; i < 15; i++) {
        report(program, 1, 1, 10, 80, 1);
    }
    EXPECT_EQ("retcode 1", program.host());
    EXPECT_TRUE(agent.printed("change overload"));
    EXPECT_TRUE(kit::eventually([&] {
        report(program, 1, 1, 10, 80, 0);
        return kit::count_of(agent.output(), "change idle") == 1;
    })) << agent.output();
    EXPECT_EQ("10:80", program.host());
    EXPECT_EQ("10:80", program.host());
}

// The same input as v0.3's limit test.
TEST(Agent, Trap_A8_ANewConnectionAsksAgain)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    EXPECT_EQ("retcode 3", program.host());
    ASSERT_EQ("1,1", dns.next_request());
    dns.close();
    ASSERT_TRUE(dns.accept());
    // The agent may learn of the connection a little later than the test.
    EXPECT_TRUE(kit::eventually([&] {
        EXPECT_EQ("retcode 3", program.host());
        return !dns.connection().silent(10);
    }));
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    EXPECT_EQ("10:80", program.first_host());
}

TEST(Agent, ARouteInUseIsAskedForAgain)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port(), {{"loadbalance.update_timeout", "1"}}));
    kit::asker program(agent.port, 1, 1);
    program.host();
    for (uint32_t ip = 10; ip < 13; ip++) {
        ASSERT_EQ("1,1", dns.next_request());
        dns.answer(1, 1, {{ip, 80}});
        EXPECT_TRUE(kit::eventually([&] { return program.host() == std::to_string(ip) + ":80"; }));
        EXPECT_TRUE(kit::eventually([&] {
            program.host();
            return !dns.connection().silent(1);
        }));
    }
}

// The hosts of an API_GetRouteResponse, "ip:port ip:port …"; "no answer" if none comes.
static std::string route(kit::asker &program, int modid, int cmdid)
{
    lars::GetRouteRequest req;
    req.set_modid(modid);
    req.set_cmdid(cmdid);
    program.socket().send(kit::frame_of(7, req));
    std::string next = program.socket().next();
    lars::GetRouteResponse rsp;
    if (next.compare(0, 2, "8:") != 0 || !rsp.ParseFromString(next.substr(2))) {
        return "no answer";
    }
    EXPECT_EQ(modid, rsp.modid());
    EXPECT_EQ(cmdid, rsp.cmdid());
    std::string all;
    for (const lars::HostInfo &host : rsp.host()) {
        all += kit::host_text(static_cast<uint32_t>(host.ip()), host.port()) + " ";
    }
    return all;
}

// The same input as v0.6's limit test. The first question starts the pull, as get_host does.
TEST(Agent, GivesAWholeRoute)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 2);
    EXPECT_EQ("", route(program, 1, 2));
    ASSERT_EQ("1,2", dns.next_request());
    dns.answer(1, 2, {{10, 80}, {11, 81}});
    EXPECT_TRUE(kit::eventually([&] { return route(program, 1, 2) == "10:80 11:81 "; }));
    for (const char *next : {"10:80", "11:81", "10:80"}) {   // nobody loses a turn
        EXPECT_EQ(next, program.host());
        EXPECT_NE("", route(program, 1, 2));
    }
    for (int i = 0; i < 15; i++) {
        report(program, 1, 2, 10, 80, 1);
    }
    EXPECT_TRUE(agent.printed("change overload"));
    EXPECT_EQ("11:81 10:80 ", route(program, 1, 2));   // those that are well come first
}

TEST(Agent, Trap_A4_RoutesThatChangeWhileTheyAreRead)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    for (uint32_t ip : {10, 11, 10}) {
        dns.answer(1, 1, {{ip, 80}});
        EXPECT_TRUE(kit::eventually([&] { return route(program, 1, 1) == std::to_string(ip) + ":80 "; }));
        EXPECT_EQ(std::to_string(ip) + ":80", program.host());
    }
}

TEST(Agent, Trap_A17_ARouteTooLongForADatagramIsCut)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    program.host();
    ASSERT_EQ("1,1", dns.next_request());
    kit::hosts all;
    for (uint32_t i = 0; i < 3854; i++) {
        all.push_back({kit::FIRST_IP + i, 60000});   // 17 bytes each: the dns can send them just so, a datagram cannot
    }
    ASSERT_TRUE(dns.answer(1, 1, all));
    EXPECT_TRUE(kit::eventually([&] { return !route(program, 1, 1).empty(); }));
    std::string answer = route(program, 1, 1);
    EXPECT_EQ(3800, kit::count_of(answer, ":60000 "));
    EXPECT_TRUE(agent.printed("3854 hosts"));
    EXPECT_EQ(1, kit::count_of(agent.output(), "3854 hosts"));   // said once
    EXPECT_EQ(kit::host_text(kit::FIRST_IP, 60000), program.host());
}
