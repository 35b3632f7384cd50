// lars_explain, as a user runs it, with agents of which a test says what they answer.
#include <gtest/gtest.h>

#include <atomic>

#include "clients.h"
#include "free_port.h"
#include "paths.h"
#include "process.h"
#include "text_match.h"
#include "wait_until.h"

using namespace lars;
using namespace lars::test;

using arguments = std::vector<std::string>;

// Two hosts, of which the second is set aside.
static ExplainResponse two_hosts()
{
    ExplainResponse answer;
    answer.set_known(true);
    answer.set_running_ms(60000);
    answer.set_policy("adaptive");
    answer.set_origin(ROUTE_FROM_DNS);
    answer.set_route_ms(4200);
    answer.set_hosts_in_all(2);
    for (int i = 0; i < 2; ++i) {
        ExplainedHost *host = answer.add_hosts();
        host->set_ip(0x0a000001 + i);
        host->set_port(80);
        host->set_weight(100);
        host->set_state_ms(90000);
        host->set_share(1 - i);
        host->add_figures()->set_name("recent calls");
        host->mutable_figures(0)->set_value("12");
        host->add_figures()->set_name("evidence");
        host->mutable_figures(1)->set_value("0.5 of 8");
    }
    ExplainedHost *aside = answer.mutable_hosts(1);
    aside->set_overloaded(true);
    aside->set_state_ms(1500);
    aside->set_reason("it fails more than the others");
    aside->mutable_next_probe()->set_in_ms(700);
    for (int i = 0; i < 3; ++i) {
        ExplainedChange *change = aside->add_changes();
        change->set_age_ms(i == 2 ? 1500 : 200000 - 100000 * static_cast<uint64_t>(i));
        change->set_overloaded(i != 1);
        change->set_reason(i == 1 ? "probes succeed" : "it fails more than the others");
    }
    for (int i = 0; i < 10; ++i) {
        ExplainedChoice *next = answer.add_next();
        next->set_ip(i == 6 ? 0x0a000002 : 0x0a000001);
        next->set_port(80);
        next->set_probe(i == 6);
    }
    return answer;
}

// The answer to what was asked: the first PART hosts from the one wanted on.
static std::string part_of(const ExplainResponse &whole, const fake_agent::request &asked,
                           int part = 1000)
{
    ExplainRequest request;
    EXPECT_TRUE(request.ParseFromString(asked.body));
    ExplainResponse answer = whole;
    answer.set_seq(request.seq());
    answer.set_modid(request.modid());
    answer.set_cmdid(request.cmdid());
    answer.set_first(request.first());
    answer.clear_hosts();
    for (int i = 0; i < part; ++i) {
        const int number = static_cast<int>(request.first()) + i;
        if (number < whole.hosts_size())
            *answer.add_hosts() = whole.hosts(number);
    }
    if (request.first() > 0)
        answer.clear_next();
    return frame_of(ID_ExplainResponse, answer);
}

static fake_agent::handler explaining(const ExplainResponse &whole, int part = 1000)
{
    return [whole, part](const fake_agent::request &asked, const fake_agent::reply &answer) {
        if (asked.msgid == ID_ExplainRequest)
            answer(part_of(whole, asked, part));
    };
}

// Of an agent that has served for RUNNING_MS already.
static fake_agent::handler living(ExplainResponse whole, uint64_t running_ms)
{
    const auto begin = std::chrono::steady_clock::now();
    return [whole, running_ms, begin](const fake_agent::request &asked,
                                      const fake_agent::reply &answer) mutable {
        const auto more = std::chrono::duration_cast<milliseconds>(asked.at - begin);
        whole.set_running_ms(running_ms + static_cast<uint64_t>(more.count()));
        explaining(whole)(asked, answer);
    };
}

static run_result explain(const fake_agent &agent, const arguments &args = {"1", "1"})
{
    return run(bin_path("lars_explain"), args, with_agent(agent.base_port()));
}

// Times of day become "TIME": they are those of the run.
static std::string without_times(const std::string &text)
{
    return replace_matches(text, "([0-9]{4}-[0-9]{2}-[0-9]{2} )?[0-9]{2}:[0-9]{2}:[0-9]{2}",
                           "TIME");
}

static size_t count_of(const std::string &what, const std::string &text)
{
    size_t count = 0;
    for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size())
        ++count;
    return count;
}

TEST(Explain, PrintsAReadableAccount)
{
    fake_agent agent(explaining(two_hosts()));
    ASSERT_TRUE(agent.start());
    const run_result result = explain(agent);
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(without_times(result.output),
              "module (1,1) at TIME, agent 127.0.0.1:" + std::to_string(agent.base_port() + 2) +
                  ", which serves since TIME\n"
                  "policy adaptive\n"
                  "2 hosts, as a dns said 4.2 s ago\n"
                  "\n"
                  "10.0.0.1:80  idle since TIME (90 s): it began so\n"
                  "    weight 100, share of the choices 100.0 %\n"
                  "    recent calls: 12, evidence: 0.5 of 8\n"
                  "\n"
                  "10.0.0.2:80  overloaded since TIME (1.5 s): it fails more than the others\n"
                  "    weight 100, share of the choices 0.0 %, next probe not before 0.7 s have"
                  " passed\n"
                  "    recent calls: 12, evidence: 0.5 of 8\n"
                  "    TIME  became overloaded: it fails more than the others\n"
                  "    TIME  became idle: probes succeed\n"
                  "    TIME  became overloaded: it fails more than the others\n"
                  "\n"
                  "the next 10 choices, if no call is reported meanwhile:\n"
                  "   1  10.0.0.1:80\n   2  10.0.0.1:80\n   3  10.0.0.1:80\n   4  10.0.0.1:80\n"
                  "   5  10.0.0.1:80\n   6  10.0.0.1:80\n   7  10.0.0.2:80  (probe)\n"
                  "   8  10.0.0.1:80\n   9  10.0.0.1:80\n  10  10.0.0.1:80\n");
}

TEST(Explain, ClientsOfTheTableAreToldAndHowOldWhatTheySee)
{
    ExplainResponse answer = two_hosts();
    answer.set_in_table(true);
    answer.set_clients_in_all(65);
    for (const uint32_t process : {111u, 222u}) {
        ExplainedClient *client = answer.add_clients();
        client->set_process(process);
        client->set_user(1000);
        client->set_met_ms(5000);
    }
    answer.mutable_clients(0)->set_last_choice_ms(2500);
    answer.mutable_clients(0)->set_seen_ms(4);
    fake_agent agent(explaining(answer));
    ASSERT_TRUE(agent.start());
    const std::string told = without_times(explain(agent).output);
    EXPECT_NE(told.find("local path: the module is in the table, 65 clients have met the agent\n"
                        "    process 111, user 1000: met at TIME, last choice 2.5 s ago, when what"
                        " it saw was 4 ms old\n"
                        "    process 222, user 1000: met at TIME, no choice at this port yet\n"),
              std::string::npos)
        << told;
}

TEST(Explain, AsksTheOwnerOfTheModuleWithItsIds)
{
    fake_agent agent(explaining(two_hosts()));
    ASSERT_TRUE(agent.start());
    ASSERT_EQ(explain(agent, {"--port", std::to_string(agent.base_port()), "-2", "0"}).exit_status,
              0);
    const auto asked = agent.requests(ID_ExplainRequest);
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].port_index, 1);
    ExplainRequest request;
    ASSERT_TRUE(request.ParseFromString(asked[0].body));
    EXPECT_EQ(request.modid(), -2);
    EXPECT_EQ(request.cmdid(), 0);
    EXPECT_EQ(agent.requests().size(), 1u) << "no host is asked for: that would make it known";
}

TEST(Explain, TimesOfDayAreCountedBack)
{
    ExplainResponse answer = two_hosts();
    answer.mutable_hosts(0)->set_state_ms(uint64_t{3} * 86400 * 1000);
    fake_agent agent(explaining(answer));
    ASSERT_TRUE(agent.start());
    process_options options = with_agent(agent.base_port());
    options.environment.push_back("TZ=UTC");
    const std::time_t before = std::time(nullptr);
    const run_result result = run(bin_path("lars_explain"), {"1", "1"}, options);
    const std::time_t after = std::time(nullptr);
    bool right = false;
    for (std::time_t now = before; now <= after; ++now) {
        const std::time_t then = now - 3 * 86400;
        std::tm fields{};
        gmtime_r(&then, &fields);
        char text[64];
        std::strftime(text, sizeof text, "idle since %Y-%m-%d %H:%M:%S (3 days)", &fields);
        right = right || result.output.find(text) != std::string::npos;
    }
    EXPECT_TRUE(right) << result.output;
}

TEST(Explain, ARouteInPartsIsReadToItsEnd)
{
    ExplainResponse answer = two_hosts();
    for (int i = 2; i < 25; ++i) {
        *answer.add_hosts() = answer.hosts(0);
        answer.mutable_hosts(i)->set_ip(0x0a000001 + i);
    }
    answer.set_hosts_in_all(25);
    fake_agent agent(explaining(answer, 4));
    ASSERT_TRUE(agent.start());
    const run_result result = explain(agent);
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(agent.requests().size(), 7u);
    for (int i = 1; i <= 25; ++i)
        EXPECT_EQ(count_of("\n10.0.0." + std::to_string(i) + ":80  ", result.output), 1u) << i;
    EXPECT_EQ(count_of("the next 10 choices", result.output), 1u);
}

TEST(Explain, ARouteThatChangesBetweenItsPartsIsReadAnew)
{
    ExplainResponse older = two_hosts(), newer = two_hosts();
    newer.mutable_hosts(0)->set_port(81);
    newer.set_route_ms(5);
    std::atomic<int> asked_for{0};
    fake_agent agent([&](const fake_agent::request &asked, const fake_agent::reply &answer) {
        answer(part_of(asked_for++ == 0 ? older : newer, asked, 1));
    });
    ASSERT_TRUE(agent.start());
    const run_result result = explain(agent);
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_NE(result.output.find("\n10.0.0.1:81  "), std::string::npos) << result.output;
    EXPECT_EQ(result.output.find("10.0.0.1:80  idle"), std::string::npos) << result.output;

    fake_agent never_ends([&](const fake_agent::request &asked, const fake_agent::reply &answer) {
        older.set_route_ms(older.route_ms() - 1);
        answer(part_of(older, asked, 1));
    });
    ASSERT_TRUE(never_ends.start());
    const run_result refused = explain(never_ends);
    EXPECT_EQ(refused.exit_status, 1);
    EXPECT_NE(refused.output.find("changes faster"), std::string::npos) << refused.output;
}

TEST(Explain, AnUnknownModuleIsSaid)
{
    ExplainResponse answer;
    answer.set_running_ms(1);
    fake_agent agent(explaining(answer));
    ASSERT_TRUE(agent.start());
    const run_result result = explain(agent);
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("The agent does not know it"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("get_host"), std::string::npos) << result.output;
}

TEST(Explain, SaysWhereARouteIsFrom)
{
    ExplainResponse answer = two_hosts();
    answer.set_origin(ROUTE_FROM_CACHE);
    answer.set_asking(true);
    fake_agent cached(explaining(answer));
    answer = ExplainResponse();
    answer.set_known(true);
    answer.set_route_ms(200000);
    fake_agent awaiting(explaining(answer));
    ASSERT_TRUE(cached.start() && awaiting.start());
    std::string output = explain(cached).output;
    EXPECT_NE(output.find("\n2 hosts, from the route cache: no dns has answered for 4.2 s; a dns is"
                          " being asked\n"),
              std::string::npos)
        << output;
    output = explain(awaiting).output;
    EXPECT_NE(output.find("\n0 hosts: no dns has answered yet, for 3 min\n"), std::string::npos)
        << output;
}

TEST(Explain, WithoutAnAnswerItSaysWhyThatMayBe)
{
    run_result result = run(bin_path("lars_explain"), {"1", "1"}, with_agent(free_port(3)));
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_EQ(result.output.find("lars_explain: no agent at 127.0.0.1:"), 0u) << result.output;

    fake_agent old(good_agent());
    ASSERT_TRUE(old.start());
    result = explain(old);
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("before the deadline; one that is older"), std::string::npos)
        << result.output;
}

TEST(Explain, AnswersThatAreNotItsOwnArePassedOver)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        ExplainRequest request;
        ASSERT_TRUE(request.ParseFromString(asked.body));
        fake_agent::request other = asked;
        for (int wrong = 0; wrong < 3; ++wrong) {
            ExplainRequest bent = request;
            if (wrong == 0)
                bent.set_seq(request.seq() - 1);
            else if (wrong == 1)
                bent.set_modid(2);
            else
                bent.set_cmdid(2);
            other.body = bent.SerializeAsString();
            ExplainResponse misleading;
            misleading.set_known(true);
            misleading.set_policy("wrong");
            answer(part_of(misleading, other));
        }
        answer("\n");
        answer(frame_of(ID_GetHostResponse, two_hosts()));
        answer(part_of(two_hosts(), asked));
    });
    ASSERT_TRUE(agent.start());
    const run_result result = explain(agent);
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_NE(result.output.find("policy adaptive"), std::string::npos) << result.output;
}

TEST(Explain, WatchPrintsOnUntilCtrlCAndSaysWhenTheAgentWasRestarted)
{
    process watch;
    int port = 0;
    {
        fake_agent agent(living(two_hosts(), 500));
        ASSERT_TRUE(agent.start());
        port = agent.base_port();
        ASSERT_TRUE(watch.start(bin_path("lars_explain"), {"1", "1", "--watch"},
                                with_agent(agent.base_port())));
        ASSERT_TRUE(wait_until([&] { return count_of("policy", watch.output()) >= 2; }));
        EXPECT_EQ(watch.output().find("restarted"), std::string::npos);
    }
    ASSERT_TRUE(watch.wait_for_output("no agent at 127.0.0.1:"));
    const size_t until_then = watch.output_size();
    // By now the first one would have served longer than this one says.
    fake_agent agent(living(two_hosts(), 600));
    ASSERT_TRUE(agent.start_on(port));
    ASSERT_TRUE(
        watch.wait_for_output("The agent was restarted at ", milliseconds(10000), until_then));
    ASSERT_TRUE(watch.wait_for_output("choices", milliseconds(10000), until_then));
    EXPECT_EQ(count_of("no agent at", watch.output()), 1u) << "said once";
    EXPECT_EQ(watch.output().find('\033'), std::string::npos) << "no terminal to be cleared";
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait_exit(), 128 + SIGINT);
}

TEST(Explain, WatchClearsATerminal)
{
    fake_agent agent(explaining(two_hosts()));
    ASSERT_TRUE(agent.start());
    // script gives it one, and prints what it wrote there.
    process watch;
    ASSERT_TRUE(watch.start("/usr/bin/script",
                            {"-qfc", "'" + bin_path("lars_explain") + "' 1 1 --watch", "/dev/null"},
                            with_agent(agent.base_port())));
    EXPECT_TRUE(watch.wait_for_output("\033[H\033[2Jmodule (1,1)")) << watch.output();
    EXPECT_TRUE(wait_until([&] { return count_of("\033[2J", watch.output()) >= 2; }));
    watch.terminate();
}
