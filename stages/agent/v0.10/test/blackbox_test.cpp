#include "agent.h"

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

TEST(Agent, EndsWithAMessageWhenThePortOfAServerIsNone)
{
    for (const char *section : {"dnsserver", "reporter"}) {
        std::string said, how, key = std::string(section) + ".port";
        kit::settings values = {{key, "70000"}, {"agent.port", std::to_string(kit::free_ports(3))}};
        EXPECT_GT(end_of(kit::with_settings(kit::text_of("conf/lars_lb_agent.conf"), values), &said, &how), 0)
            << "[" << section << "] port = 70000: the agent is to end, and not with status 0; " << how;
        EXPECT_TRUE(says_why(said)) << "the agent has not said why it ends\n" << said;
    }
}

TEST(Agent, ConnectsToTheDnsAndTheReporter)
{
    kit::listener dns, reporter;
    kit::service agent("lars_lb_agent", {{"dnsserver.port", std::to_string(dns.port)}, {"reporter.port", std::to_string(reporter.port)}});
    EXPECT_TRUE(dns.accept().ok()) << "nobody has connected to the [dnsserver] of the configuration";
    EXPECT_TRUE(reporter.accept().ok()) << "nobody has connected to the [reporter] of the configuration";
}

TEST(Agent, ConnectsToServersThatComeLater)
{
    uint16_t dns_port = kit::free_port(), reporter_port = kit::free_port();
    kit::service agent("lars_lb_agent", {{"dnsserver.port", std::to_string(dns_port)}, {"reporter.port", std::to_string(reporter_port)}});
    EXPECT_TRUE(agent.printed("done!"));
    kit::listener dns(dns_port), reporter(reporter_port);
    EXPECT_TRUE(dns.accept().ok()) << "the dns was started after the agent, and the agent has not connected to it";
    EXPECT_TRUE(reporter.accept().ok()) << "the reporter was started after the agent, and the agent has not connected to it";
}

// The same input as v0.1's and v0.2's limit tests, byte for byte.
TEST(Agent, GivesAHost)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::udp_peer program(kit::port_of(agent.port, 1, 1));
    const std::string question = kit::frame(4, std::string("\x08\x07\x10\x01\x18\x01", 6));
    ASSERT_TRUE(program.send(question));
    EXPECT_EQ(kit::frame(5, std::string("\x08\x07\x10\x01\x18\x01\x20\x03", 8)), program.recv())
        << "asked for a host of (1,1) with seq 7, not known yet: the answer is to be message 5 with seq 7, (1,1), retcode 3 and no host";
    ASSERT_TRUE(dns.accept()) << "the agent has not connected to the dns";
    EXPECT_EQ(std::string("\x01\0\0\0\x04\0\0\0\x08\x01\x10\x01", 12), dns.connection().recv(12))
        << "the dns is to get message 1, a GetRouteRequest of (1,1)";
    dns.answer(1, 1, {{kit::FIRST_IP, 7777}});
    std::string answer;
    EXPECT_TRUE(kit::eventually([&] {
        program.send(question);
        answer = program.recv();
        return answer == kit::frame(5, std::string("\x08\x07\x10\x01\x18\x01\x2a\x0e\x08\xb1\x83\xa0\x85\xfc\xff\xff\xff\xff\x01\x10\xe1\x3c", 22));
    })) << "the dns has answered, and the agent is to give 192.168.1.177:7777 in message 5, with seq 7, (1,1) and no retcode";
}

TEST(Agent, GivesTheHostsInTurn)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 2);
    EXPECT_EQ("retcode 3", program.host());
    ASSERT_EQ("1,2", dns.next_request());
    dns.answer(1, 2, {{10, 80}, {11, 81}, {12, 82}});
    std::string given = program.first_host();
    for (int i = 0; i < 5; i++) {
        given += " " + program.host();
    }
    EXPECT_EQ("10:80 11:81 12:82 10:80 11:81 12:82", given) << "the three hosts of a module are to be given in turn";
}

// Two questions at most: in a later stage the use that finds a new connection asks once more.
TEST(Agent, TheDnsIsAskedOnceForAModule)
{
    kit::scripted_server dns, reporter;
    kit::service agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port()));
    kit::asker program(agent.port, 1, 1);
    for (int i = 0; i < 20; i++) {
        EXPECT_EQ("retcode 3", program.host());
    }
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    EXPECT_EQ("10:80", program.first_host());
    for (int i = 0; i < 20; i++) {
        EXPECT_EQ("10:80", program.host());
    }
    int questions = 1;
    while (questions < 100 && !dns.silent()) {
        EXPECT_EQ("1,1", dns.next_request());
        questions++;
    }
    EXPECT_LE(questions, 2) << "a program asked 40 times for a host, and the agent asked the dns " << questions
                            << " times for the route; it is to ask once, and to remember the answer";
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
    EXPECT_TRUE(kit::eventually([&] { return program.host() == "11:80"; })) << "the dns has pushed a route of 11:80 alone, and the agent does not give that host";
    EXPECT_EQ("11:80", program.host());
    dns.answer(1, 1, {});
    EXPECT_TRUE(kit::eventually([&] { return program.host() == "retcode 3"; })) << "the dns has pushed a route without hosts, and the agent still gives one";
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
    EXPECT_EQ("10:80", program.first_host()) << "of the hosts 0:80, 10:70000 and 10:80 only the last one is one";
    EXPECT_EQ("10:80", program.host());
    dns.connection().send(kit::frame_head(2, -5));   // after this no byte of the connection makes sense
    EXPECT_TRUE(dns.connection().closed()) << "the dns has sent a frame of length -5: the agent is to close the connection";
    ASSERT_TRUE(dns.accept()) << "the agent has not connected again";
    EXPECT_EQ("10:80", program.host()) << "the route is to be kept, whatever becomes of the connection";
}

// An agent whose dns and reporter the test plays, and that knows these hosts of module (1,1).
struct with_module {
    explicit with_module(const kit::hosts &all, const kit::settings &more = kit::settings())
        : agent("lars_lb_agent", kit::upstream(dns.port(), reporter.port(), more)), program(agent.port, 1, 1)
    {
        EXPECT_EQ("retcode 3", program.host());
        EXPECT_EQ("1,1", dns.next_request());
        dns.answer(1, 1, all);
        EXPECT_EQ(kit::host_text(all[0].first, all[0].second), program.first_host());
    }
    kit::scripted_server dns, reporter;
    kit::service agent;
    kit::asker program;
};

static void report(kit::asker &program, int modid, int cmdid, uint32_t ip, int port, int retcode, uint32_t timecost = 0)
{
    lars::ReportRequest req;
    req.set_modid(modid);
    req.set_cmdid(cmdid);
    req.set_retcode(retcode);
    req.set_timecost(timecost);
    req.mutable_host()->set_ip(static_cast<int32_t>(ip));
    req.mutable_host()->set_port(port);
    EXPECT_TRUE(program.socket().send(kit::frame_of(6, req)));
}

// The same input as v0.3's limit test: 10 is dead, and the program says so each time.
TEST(Agent, AHostThatFailsIsSpared)
{
    with_module with({{10, 80}, {11, 80}});
    int dead = 1;
    report(with.program, 1, 1, 10, 80, 1);
    for (int i = 0; i < 129; i++) {
        bool is_dead = with.program.host() == "10:80";
        dead += is_dead;
        report(with.program, 1, 1, is_dead ? 10 : 11, 80, is_dead);
    }
    EXPECT_LE(dead, 15 + 10) << "each call to 10:80 failed, and of 130 calls " << dead
                             << " were sent there; after 15 failures in a row it is to be set aside, and tried with one call in eleven";
    EXPECT_TRUE(with.agent.printed_line("[1, 1] host 0.0.0.10:80 change overload, succ 180 err 15")) << with.agent.output();
}

TEST(Agent, AnOverloadedHostIsTriedWithEveryEleventhCall)
{
    with_module with({{10, 80}, {11, 80}});
    for (int i = 0; i < 15; i++) {
        report(with.program, 1, 1, 10, 80, 1);
    }
    std::string tries;
    for (int i = 1; i <= 33; i++) {
        if (with.program.host() == "10:80") {
            tries += std::to_string(i) + " ";
        }
    }
    EXPECT_EQ("11 22 33 ", tries) << "of 33 calls after 10:80 was set aside these were sent there; it is to be tried with the 11th, 22nd and 33rd";
}

TEST(Agent, AHostThatIsWellAgainIsGivenAgain)
{
    with_module with({{10, 80}});
    for (int i = 0; i < 15; i++) {
        report(with.program, 1, 1, 10, 80, 1);
    }
    for (int i = 0; i < 10; i++) {
        EXPECT_EQ("retcode 1", with.program.host()) << "the only host is set aside";
    }
    EXPECT_EQ("10:80", with.program.host()) << "the eleventh question is to try the host that is set aside";
    for (int i = 0; i < 15; i++) {
        report(with.program, 1, 1, 10, 80, 0);
    }
    EXPECT_EQ("10:80", with.program.host()) << "fifteen calls in a row went well: the host is to be given again";
    EXPECT_EQ("10:80", with.program.host());
    EXPECT_TRUE(with.agent.printed_line("[1, 1] host 0.0.0.10:80 change idle, succ 15 err 5")) << with.agent.output();
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
    EXPECT_EQ("1,1 3232235953:7777 1 0 idle", reporter.next_report())
        << "a call to the host went well: the reporter is to be told 1 success and 0 failures of it, and that it is idle";
    report(program, 1, 1, kit::FIRST_IP, 7777, 3);
    EXPECT_EQ("1,1 3232235953:7777 1 1 idle", reporter.next_report())
        << "a call went well and the next one ended with retcode 3: 1 success and 1 failure; with 0 successes the first was not counted, or the failure began the counts anew";
}

// What the report that the reporter gets says of a host, "succ err idle" or "succ err overload".
static std::string said_of(const std::string &report, const std::string &host)
{
    size_t at = (" " + report + " ").find(" " + host + " ");
    std::istringstream words(at == std::string::npos ? "" : report.substr(at + host.size()));
    std::string succ, err, state;
    words >> succ >> err >> state;
    return succ + " " + err + " " + state;
}

// Calls to 10:80 that go well or fail (s, f), one after another; what the reporter was told after
// the last one, "succ err idle" or "succ err overload".
static std::string told_after(with_module &with, const std::string &calls)
{
    std::string told;
    {
        kit::quiet inner;
        for (char call : calls) {
            report(with.program, 1, 1, 10, 80, call == 'f');
            told = said_of(with.reporter.next_report(), "10:80");
        }
    }
    kit::note("a program", "reported of 10:80 \"" + calls + "\" (s: it went well, f: it failed)");
    kit::note("the reporter", "was told " + told);
    return told;
}

static std::string times(int n, char call)
{
    return std::string(static_cast<size_t>(n), call);
}

// Neither 20 failures of 201 calls nor 14 in a row are too many.
TEST(Agent, ASuccessEndsTheRunOfFailures)
{
    with_module with({{10, 80}});
    EXPECT_EQ("1 20 idle", told_after(with, times(14, 'f') + "s" + times(6, 'f')))
        << "14 calls failed, one went well, 6 failed: a success ends the run of failures, so it was never 15 in a row; and 20 of 180 + 21 calls are not more than a tenth";
}

TEST(Agent, MoreThanATenthOfFailuresIsTooMany)
{
    with_module with({{10, 80}});
    EXPECT_EQ("9 21 idle", told_after(with, times(10, 'f') + times(9, 's') + times(11, 'f')))
        << "10 calls failed, 9 went well, 11 failed: 21 of 180 + 30 calls are just a tenth, and not more than err_rate";
    EXPECT_EQ("0 0 overload", told_after(with, "f"))
        << "10 calls failed, 9 went well, 12 failed, never 15 in a row: 22 of 180 + 31 calls are more than a tenth, and the host is to be set aside";
    EXPECT_TRUE(with.agent.printed_line("[1, 1] host 0.0.0.10:80 change overload, succ 189 err 22")) << with.agent.output();
}

TEST(Agent, AChangeOfStateBeginsTheCountsAnew)
{
    with_module with({{10, 80}});
    EXPECT_EQ("2 14 idle", told_after(with, "ss" + times(14, 'f'))) << "2 calls went well, then 14 failed";
    EXPECT_EQ("0 0 overload", told_after(with, "f")) << "15 calls failed in a row: the host is set aside, and rsucc and rerr begin anew";
    EXPECT_EQ("14 1 overload", told_after(with, "f" + times(14, 's')))
        << "after the host was set aside one call failed and 14 went well";
    EXPECT_EQ("0 0 idle", told_after(with, "s")) << "15 calls went well in a row: the host is idle again, and rsucc and rerr begin anew";
    EXPECT_EQ("0 14 idle", told_after(with, times(14, 'f'))) << "after the host was idle again 14 calls failed";
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
    EXPECT_TRUE(agent.printed("change overload")) << agent.output();
    EXPECT_TRUE(kit::eventually([&] {
        report(program, 1, 1, 10, 80, 0);
        return kit::count_of(agent.output(), "change idle") == 1;
    })) << "overload_timeout is one second, and after ten seconds in which all calls went well the host is not idle again\n" << agent.output().substr(0, 500);
    EXPECT_EQ("10:80", program.host());
    EXPECT_EQ("10:80", program.host());
}

// Only the end of a window can set a host aside here.
static kit::settings windows_of_a_second()
{
    return {{"loadbalance.idle_timeout", "1"},
            {"loadbalance.overload_timeout", "100"},
            {"loadbalance.err_rate", "1"},
            {"loadbalance.contin_err_limit", "100000000"}};
}

// 10 is called often, and all goes well; 11 is called less often, and always fails. By the end of
// 10's fourth window, 11 has had two of its own in any stage.
TEST(Agent, EachHostHasAWindowOfItsOwn)
{
    with_module with({{10, 80}, {11, 80}}, windows_of_a_second());
    int windows = 0, last = 0;
    std::string good, bad;
    auto read_counts = [&] {
        std::string counts = with.reporter.next_report();
        good = said_of(counts, "10:80");
        bad = said_of(counts, "11:80");
        windows += atoi(good.c_str()) < last;
        last = atoi(good.c_str());
    };
    EXPECT_TRUE(kit::eventually([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));   // most ends of windows fall here
        // All at once: the first one ends the window of 10, which then has many good calls before 11 fails.
        for (int i = 0; i < 12; i++) {
            report(with.program, 1, 1, 10, 80, 0);
        }
        report(with.program, 1, 1, 11, 80, 1);
        for (int i = 0; i < 13 && good != "  "; i++) {
            read_counts();
        }
        return windows >= 4 || bad.find("overload") != std::string::npos;
    })) << "the counts of a host that is called all the time are to begin anew with each window of a second; after 10 seconds they are " << good;
    EXPECT_NE(std::string::npos, bad.find("overload"))
        << "all calls to 11:80 failed, those to 10:80 went well; " << windows << " windows of 10:80 have ended, and 11:80 is not set aside ("
        << bad << "): what is reported of one host must not end or fill the window of another, and check_window is to look at rsucc and rerr, not at vsucc and verr";
    EXPECT_NE(std::string::npos, good.find("idle")) << "all calls to 10:80 went well, and it is set aside";
}

// Looks on for longer than two rests of a second: a host that time alone makes well is idle in one of these reports.
TEST(Agent, Trap_A11_AFailedTryBeginsTheRestAnew)
{
    with_module with({{10, 80}}, {{"loadbalance.overload_timeout", "1"}});
    EXPECT_EQ("0 0 overload", told_after(with, times(15, 'f'))) << "15 calls failed in a row: the host is to be set aside";
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2200);
    std::string told;
    do {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        told = told_after(with, "f");
    } while (std::chrono::steady_clock::now() < end && told.find("overload") != std::string::npos);
    EXPECT_NE(std::string::npos, told.find("overload"))
        << "10:80 was set aside, each try failed, and it is handed out again (" << told << "): time alone must not make it well";
}

// Of one host less than 0.7 of the calls fail, at whatever moment a window ends, of the other 0.7 or more.
TEST(Agent, SevenTenthsOfAWindowAreTooMany)
{
    with_module with({{10, 80}, {11, 80}}, windows_of_a_second());
    struct counts {
        int succ, err, ended;
        bool overload;
    } less = {}, more = {};
    auto call = [&](uint32_t ip, bool failed, counts &last) {
        report(with.program, 1, 1, ip, 80, failed);
        int succ = 0, err = 0;
        char state[16] = "";
        bool told = sscanf(said_of(with.reporter.next_report(), std::to_string(ip) + ":80").c_str(), "%d %d %15s", &succ, &err, state) == 3;
        last = {succ, err, last.ended + (succ + err < last.succ + last.err), strcmp(state, "overload") == 0};
        return told;
    };
    bool told = true;
    EXPECT_TRUE(kit::eventually([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        told = call(10, (less.err + 1) * 100 <= 65 * (less.succ + less.err + 1), less) &&
               (more.overload || call(11, more.err * 100 < 70 * (more.succ + more.err + 1), more));
        return !told || less.overload || (less.ended >= 2 && (more.overload || more.ended >= 2));
    })) << "the counts of a host that is called all the time are to begin anew with each window of a second; after 10 seconds they are "
        << less.succ << " " << less.err;
    EXPECT_TRUE(told) << "a call was reported, and the reporter was not told of that host";
    EXPECT_FALSE(less.overload) << "at most 65 of 100 calls of a window failed, and the host is set aside: window_err_rate is 0.7";
    EXPECT_TRUE(more.overload || !told || less.overload) << "at least 70 of 100 calls of each window failed, and the host is not set aside: window_err_rate is 0.7, and that share is too much already";
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
    })) << "the dns was asked, and the connection ended before its answer; on the new connection it is not asked again";
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
        EXPECT_TRUE(kit::eventually([&] { return program.host() == std::to_string(ip) + ":80"; }))
            << "the dns has answered with " << ip << ":80, and the agent does not give it";
        ASSERT_TRUE(kit::eventually([&] {
            program.host();
            return !dns.connection().silent(1);
        })) << "update_timeout is one second, a program has asked for hosts for ten, and the dns was not asked again";
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
    std::string all;
    EXPECT_TRUE(kit::eventually([&] {
        all = route(program, 1, 2);
        return all == "10:80 11:81 ";
    })) << "the dns has answered with 10:80 and 11:81, both are well, and the route that the agent gives is \"" << all << "\"";
}

TEST(Agent, AWholeRouteTakesNobodysTurn)
{
    with_module with({{10, 80}, {11, 80}});
    std::string given;
    for (int i = 0; i < 4; i++) {
        route(with.program, 1, 1);
        given += with.program.host() + " ";
    }
    EXPECT_EQ("11:80 10:80 11:80 10:80 ", given) << "the route was asked for before each get_host, which is to go on in turn";
}

TEST(Agent, OverloadedHostsAreInTheRouteAtItsEnd)
{
    with_module with({{10, 80}, {11, 80}});
    for (int i = 0; i < 15; i++) {
        report(with.program, 1, 1, 10, 80, 1);
    }
    EXPECT_EQ("11:80 10:80 ", route(with.program, 1, 1)) << "10:80 is set aside, 11:80 is well: both are in the route, the one that is well first";
    for (int i = 0; i < 15; i++) {
        report(with.program, 1, 1, 11, 80, 1);
    }
    EXPECT_EQ("10:80 11:80 ", route(with.program, 1, 1)) << "both hosts are set aside, and both are in the route";
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
        EXPECT_TRUE(kit::eventually([&] { return route(program, 1, 1) == std::to_string(ip) + ":80 "; }))
            << "the dns has sent a route of " << ip << ":80 alone, and the agent does not give it";
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
    EXPECT_TRUE(kit::eventually([&] {
        std::string first = route(program, 1, 1);
        return !first.empty() && first != "no answer";
    })) << "asked for a route of 3,854 hosts, more than a datagram holds, the agent gives none at all";
    std::string answer = route(program, 1, 1);
    EXPECT_GE(kit::count_of(answer, ":60000 "), 3000) << "3,854 hosts do not fit into a datagram; as many as fit are to be sent, 3,000 at least";
    for (int i = 0; i < 100; i++) {
        route(program, 1, 1);
    }
    EXPECT_LE(agent.output().size(), 2000U) << "the same is not to be said with every answer\n" << agent.output().substr(0, 500);
    EXPECT_EQ(kit::host_text(kit::FIRST_IP, 60000), program.host());
}

// Calls go well or fail (s, f) until a window ends, one letter for each window; the state in which
// each window left the host.
static std::string states_after(with_module &with, const std::string &windows)
{
    std::string states;
    int last = 0;   // calls of the window so far
    for (char call : windows) {
        kit::eventually([&] {
            report(with.program, 1, 1, 10, 80, call == 'f');
            std::string said = said_of(with.reporter.next_report(), "10:80");
            int succ = 0, err = 0;
            char state[16] = "";
            sscanf(said.c_str(), "%d %d %15s", &succ, &err, state);
            // A call adds one, unless it is the window's last: that may be its first one, too.
            bool ended = succ + err != last + 1 || strcmp(state, "idle") != 0;
            last = succ + err;
            if (ended) {
                states += std::string(states.empty() ? "" : " ") + state;
            }
            return ended;
        });
    }
    return states;
}

TEST(Agent, Trap_A12_OneBadWindowCondemnsNobody)
{
    with_module with({{10, 80}}, windows_of_a_second());
    EXPECT_EQ("idle overload", states_after(with, "ff")) << "every call of two windows failed: the host is to be set aside by the second window, not by the first";
}

TEST(Agent, Trap_A12_AGoodWindowClearsTheSuspicion)
{
    with_module with({{10, 80}}, windows_of_a_second());
    EXPECT_EQ("idle idle idle", states_after(with, "fsf")) << "a bad window, a good one and a bad one: never two bad ones in a row";
}

static std::string counts_after(with_module &with, int retcode, uint32_t timecost)
{
    report(with.program, 1, 1, 10, 80, retcode, timecost);
    return said_of(with.reporter.next_report(), "10:80");
}

TEST(Agent, ACallThatFailedAfterThreeSecondsIsEnough)
{
    with_module with({{10, 80}});
    EXPECT_EQ("0 0 overload", counts_after(with, 1, 3000)) << "a call failed after 3,000 ms: it weighs 30 failures, more than a tenth of 180 + 30";
}

TEST(Agent, AFailedCallWeighsATenthOfItsMilliseconds)
{
    with_module with({{10, 80}});
    EXPECT_EQ("0 1 idle", counts_after(with, 1, 1000)) << "10 of 190";
    EXPECT_EQ("0 2 idle", counts_after(with, 1, 1000)) << "20 of 200 are not more than a tenth";
    EXPECT_EQ("0 0 overload", counts_after(with, 1, 0)) << "21 of 201: a failure that cost no time weighs one";
}

TEST(Agent, ASuccessWeighsOneHoweverLongItTook)
{
    with_module with({{10, 80}});
    EXPECT_EQ("1 0 idle", counts_after(with, 0, 60000));
    EXPECT_EQ("1 1 idle", counts_after(with, 1, 1500)) << "a failure of 1,500 ms is one in the row of failures, not 15";
    EXPECT_EQ("0 0 overload", counts_after(with, 1, 600)) << "15 + 6 of 181 + 21 are more than a tenth; they are not, if the success weighed more than one";
}
