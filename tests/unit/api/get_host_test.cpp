#include <gtest/gtest.h>

#include <climits>

#include "clients.h"
#include "free_port.h"
#include "wire_peer.h"

using namespace lars::test;
using lars::lars_client;
using std::chrono::steady_clock;

namespace {

struct host_result {
    int retcode = -1;
    std::string ip = "unchanged";
    int port = -1;
};

}  // namespace

static host_result ask(lars_client &client, int modid, int cmdid)
{
    host_result result;
    result.retcode = client.get_host(modid, cmdid, result.ip, result.port);
    return result;
}

static void expect_right(const host_result &result)
{
    EXPECT_EQ(result.retcode, lars_client::RET_SUCC);
    EXPECT_EQ(result.ip, "192.168.1.177");
    EXPECT_EQ(result.port, 7777);
}

static void expect_unchanged(const host_result &result, int retcode)
{
    EXPECT_EQ(result.retcode, retcode);
    EXPECT_EQ(result.ip, "unchanged");
    EXPECT_EQ(result.port, -1);
}

TEST(LarsClient, Trap_A14_HostIsInTheRightByteOrder)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    expect_right(ask(client, 1, 1));
    EXPECT_EQ(client.error(), "");
}

TEST(LarsClient, RequestCarriesTheModuleAndANewSeqEachTime)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    expect_right(ask(client, 1, -5));
    expect_right(ask(client, 1, -5));

    const auto seen = agent.requests();
    ASSERT_EQ(seen.size(), 2u);
    lars::GetHostRequest first, second;
    ASSERT_TRUE(first.ParseFromString(seen[0].body));
    ASSERT_TRUE(second.ParseFromString(seen[1].body));
    EXPECT_EQ(seen[0].msgid, 4);
    EXPECT_EQ(first.modid(), 1);
    EXPECT_EQ(first.cmdid(), -5);
    EXPECT_NE(first.seq(), 0u);
    EXPECT_NE(first.seq(), second.seq());
}

TEST(LarsClient, HeaderIsMsgidAndLengthLittleEndian)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    expect_right(ask(client, 1, 1));
    std::vector<lars_client::host> hosts;
    EXPECT_EQ(client.get_route(1, 1, hosts), lars_client::RET_SUCC);
    EXPECT_EQ(client.report(1, 1, "192.168.1.177", 7777, 1), lars_client::RET_SUCC);
    expect_right(ask(client, 1, 1));  // answered, so the report has arrived

    const auto seen = agent.requests();
    ASSERT_EQ(seen.size(), 4u);
    const char msgids[] = {4, 7, 6, 4};
    for (size_t i = 0; i < 4; ++i) {
        const std::string header{msgids[i], 0, 0, 0, static_cast<char>(seen[i].body.size()),
                                 0,         0, 0};
        EXPECT_EQ(to_hex(seen[i].datagram.substr(0, 8)), to_hex(header));
    }
    EXPECT_EQ(to_hex(seen[2].datagram),
              "0600000016000000080110011a0e08b183a085fcffffffff0110e13c2001");
}

TEST(LarsClient, OverloadAndUnknownModuleLeaveTheHostAlone)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        lars::GetHostRequest request;
        request.ParseFromString(asked.body);
        answer(frame_of(
            lars::ID_GetHostResponse,
            host_refusal(asked, request.modid() == 1 ? lars::RET_OVERLOAD : lars::RET_NOEXIST)));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    expect_unchanged(ask(client, 1, 1), lars_client::RET_OVERLOAD);
    expect_unchanged(ask(client, 2, 1), lars_client::RET_NOEXIST);
    EXPECT_EQ(client.error(), "");
}

TEST(LarsClient, AnswerWithoutAUsableHostOrRetcodeIsASystemError)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        lars::GetHostRequest request;
        request.ParseFromString(asked.body);
        lars::GetHostResponse bent = host_answer(asked);
        switch (request.modid()) {
        case 1: bent.clear_host(); break;
        case 2: bent.mutable_host()->set_port(0); break;
        case 3: bent.mutable_host()->set_port(70000); break;
        case 4: bent.mutable_host()->set_port(-1); break;
        case 5: bent.mutable_host()->set_ip(0); break;
        default: bent.set_retcode(static_cast<lars::LarsRetCode>(99));
        }
        answer(frame_of(lars::ID_GetHostResponse, bent));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    for (int modid = 1; modid <= 6; ++modid) {
        expect_unchanged(ask(client, modid, 0), lars_client::RET_SYSTEM_ERROR);
        EXPECT_NE(client.error(), "") << modid;
    }
}

TEST(LarsClient, Trap_A2_ModuleChoosesThePortAlsoWithNegativeIds)
{
    struct {
        int modid, cmdid, index;
    } const modules[] = {
        {0, 0, 0},
        {1, 0, 1},
        {1, 1, 2},
        {1, 2, 0},
        {-1, 0, 2},
        {-2, 0, 1},
        {-3, 0, 0},
        {2147483647, 1, 2},
        {INT_MAX, INT_MAX, 2},
        {INT_MIN, 0, 1},
        {INT_MIN, INT_MIN, 2},
        {INT_MIN, INT_MAX, 2},
    };
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    for (const auto &module : modules) {
        expect_right(ask(client, module.modid, module.cmdid));
        EXPECT_EQ(agent.requests().back().port_index, module.index)
            << module.modid << ", " << module.cmdid;
    }
}

TEST(LarsClient, Trap_A15_NoAgentIsRefusedAtOnce)
{
    lars_client client("127.0.0.1", free_port(3));
    client.set_deadline(LONG_MS);
    const auto start = steady_clock::now();
    expect_unchanged(ask(client, 1, 1), lars_client::RET_SYSTEM_ERROR);
    EXPECT_LT(steady_clock::now() - start, std::chrono::milliseconds(LONG_MS / 2));
    EXPECT_NE(client.error().find("no agent at 127.0.0.1"), std::string::npos) << client.error();
}

TEST(LarsClient, Trap_A15_SilentAgentIsGivenUpAtTheDeadline)
{
    fake_agent agent(silent_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, SHORT_MS);
    const auto start = steady_clock::now();
    expect_unchanged(ask(client, 1, 1), lars_client::RET_SYSTEM_ERROR);
    EXPECT_GE(steady_clock::now() - start, std::chrono::milliseconds(SHORT_MS));
    EXPECT_NE(client.error().find("deadline"), std::string::npos) << client.error();
}

TEST(LarsClient, DeadlineBelowOneIsOneMillisecond)
{
    fake_agent agent(silent_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, -7);
    EXPECT_EQ(ask(client, 1, 1).retcode, lars_client::RET_SYSTEM_ERROR);
}

TEST(LarsClient, Trap_A16_LateAnswerIsDiscarded)
{
    // The second and third request each get the previous one's answer first.
    std::string late;
    fake_agent agent([&late](const fake_agent::request &asked, const fake_agent::reply &answer) {
        if (!late.empty()) {
            answer(late);
            answer(frame_of(lars::ID_GetHostResponse, host_answer(asked)));
        }
        late = frame_of(lars::ID_GetHostResponse, host_answer(asked, "10.9.9.9", 9));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, SHORT_MS);
    expect_unchanged(ask(client, 1, 1), lars_client::RET_SYSTEM_ERROR);
    client.set_deadline(LONG_MS);
    expect_right(ask(client, 2, 3));  // the same port, another module
    expect_right(ask(client, 2, 3));  // the same module, another seq
}

TEST(LarsClient, AgentThatComesBackAfterARefusedReportIsUsed)
{
    const int port = free_port(3);
    lars_client client("127.0.0.1", port);
    client.set_deadline(LONG_MS);
    EXPECT_EQ(client.report(1, 1, "127.0.0.1", 80, 0), lars_client::RET_SUCC);

    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start_on(port));
    expect_right(ask(client, 1, 1));
}

TEST(LarsClient, FloodOfForeignDatagramsDoesNotLengthenTheWait)
{
    std::atomic<bool> returned{false}, outlasted{false};
    fake_agent agent([&](const fake_agent::request &asked, const fake_agent::reply &answer) {
        lars::GetHostResponse foreign = host_answer(asked);
        foreign.set_seq(foreign.seq() + 1);
        const std::string datagram = frame_of(lars::ID_GetHostResponse, foreign);
        const auto end = steady_clock::now() + std::chrono::seconds(10);
        while (!returned && steady_clock::now() < end)
            answer(datagram);
        outlasted = !returned;
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, SHORT_MS);
    const host_result result = ask(client, 1, 1);
    returned = true;
    expect_unchanged(result, lars_client::RET_SYSTEM_ERROR);
    EXPECT_FALSE(outlasted);
}

TEST(LarsClient, ThreadsWithAClientEachGetTheirOwnAnswers)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        lars::GetHostRequest request;
        request.ParseFromString(asked.body);
        answer(frame_of(lars::ID_GetHostResponse,
                        host_answer(asked, "10.0.0.1", 1000 + request.modid())));
    });
    ASSERT_TRUE(agent.start());
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int modid = 0; modid < 4; ++modid) {
        threads.emplace_back([&, modid] {
            lars_client client = client_of(agent);
            for (int i = 0; i < 100; ++i) {
                if (ask(client, modid, i).port == 1000 + modid)
                    ++right;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(right, 400);
}

TEST(LarsClient, BadAgentAddressIsASystemErrorThatSaysWhy)
{
    struct {
        const char *ip;
        int port;
        const char *named;
    } const mistakes[] = {
        {"localhost", 8888, "'localhost'"}, {"", 8888, "''"},
        {"1.2.3.4.5", 8888, "'1.2.3.4.5'"}, {"127.0.0.1", 0, " 0 "},
        {"127.0.0.1", -1, " -1 "},          {"127.0.0.1", 65534, " 65534 "},
    };
    for (const auto &mistake : mistakes) {
        lars_client client(mistake.ip, mistake.port);
        EXPECT_NE(client.error(), "") << mistake.named;
        expect_unchanged(ask(client, 1, 1), lars_client::RET_SYSTEM_ERROR);
        EXPECT_NE(client.error().find(mistake.named), std::string::npos) << client.error();
        EXPECT_EQ(client.report(1, 1, "1.2.3.4", 5, 0), lars_client::RET_SYSTEM_ERROR);
    }
}

TEST(LarsClient, MovedClientGoesOn)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    lars_client first("127.0.0.1", agent.base_port());
    lars_client second(std::move(first));
    second.set_deadline(LONG_MS);
    expect_right(ask(second, 1, 1));
}

// Datagrams that are no answer to the request, each followed by the one that is.

using bend = std::string (*)(const fake_agent::request &asked);

namespace {

struct junk {
    const char *name;
    bend make;
};

}  // namespace

class LarsClientJunk : public testing::TestWithParam<junk> {};

static std::string right_frame(const fake_agent::request &asked)
{
    return frame_of(lars::ID_GetHostResponse, host_answer(asked));
}

template <typename Change>
static std::string changed(const fake_agent::request &asked, Change change)
{
    lars::GetHostResponse answer = host_answer(asked, "10.9.9.9", 9);
    change(answer);
    return frame_of(lars::ID_GetHostResponse, answer);
}

static const junk JUNK[] = {
    {"Empty", [](const fake_agent::request &) { return std::string(); }},
    {"ThreeBytes", [](const fake_agent::request &a) { return right_frame(a).substr(0, 3); }},
    {"SevenBytes", [](const fake_agent::request &a) { return right_frame(a).substr(0, 7); }},
    {"HeaderAlone", [](const fake_agent::request &a) { return right_frame(a).substr(0, 8); }},
    {"CutShort", [](const fake_agent::request &a) { return right_frame(a).substr(0, 12); }},
    {"OneByteMore", [](const fake_agent::request &a) { return right_frame(a) + '\0'; }},
    {"NegativeLength",
     [](const fake_agent::request &a) { return right_frame(a).replace(4, 4, "\xff\xff\xff\xff"); }},
    {"Largest",
     [](const fake_agent::request &) {
         return encode_frame(lars::ID_GetHostResponse, std::string(65499, '\0'));
     }},
    {"Garbage",
     [](const fake_agent::request &) { return encode_frame(5, "\xff\xff\xff\xff\xff\xff"); }},
    {"EmptyBody", [](const fake_agent::request &) { return encode_frame(5, ""); }},
    {"OtherMsgid",
     [](const fake_agent::request &a) {
         return encode_frame(6, host_answer(a, "10.9.9.9", 9).SerializeAsString());
     }},
    {"OtherSeq",
     [](const fake_agent::request &a) {
         return changed(a, [](auto &answer) { answer.set_seq(answer.seq() + 1); });
     }},
    {"SeqZero",
     [](const fake_agent::request &a) {
         return changed(a, [](auto &answer) { answer.set_seq(0); });
     }},
    {"OtherModid",
     [](const fake_agent::request &a) {
         return changed(a, [](auto &answer) { answer.set_modid(2); });
     }},
    {"OtherCmdid",
     [](const fake_agent::request &a) {
         return changed(a, [](auto &answer) { answer.set_cmdid(2); });
     }},
};

TEST_P(LarsClientJunk, IsDroppedAndTheRightAnswerTaken)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        answer(GetParam().make(asked));
        answer(right_frame(asked));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    expect_right(ask(client, 1, 1));
}

TEST_P(LarsClientJunk, Trap_A15_AloneIsNoAnswer)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        answer(GetParam().make(asked));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, SHORT_MS);
    expect_unchanged(ask(client, 1, 1), lars_client::RET_SYSTEM_ERROR);
}

INSTANTIATE_TEST_SUITE_P(Each, LarsClientJunk, testing::ValuesIn(JUNK),
                         [](const auto &each) { return std::string(each.param.name); });
