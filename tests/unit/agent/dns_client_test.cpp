// The agent's side of lars_dns against a scripted one.
#include <gtest/gtest.h>

#include <algorithm>

#include "free_port.h"
#include "route_lb.h"
#include "running_dns_client.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::next_question;
using test::route_response;
using test::running_dns_client;

class DnsClient : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(server.listen_tcp());
        client = std::make_unique<running_dns_client>(std::vector<uint16_t>{server.port()});
        ASSERT_TRUE(client->start());
        accept();
    }
    void accept()
    {
        auto accepted = server.accept();
        ASSERT_TRUE(accepted.has_value());
        peer = std::move(*accepted);
    }
    void answer(int32_t modid, int32_t cmdid, const std::vector<std::string> &hosts,
                uint64_t version = 0)
    {
        ASSERT_TRUE(
            peer.send_frame(ID_GetRouteResponse, route_response(modid, cmdid, hosts, version)));
    }

    test::wire_peer server;
    test::wire_peer peer;
    std::unique_ptr<running_dns_client> client;
};

TEST_F(DnsClient, AsksAndHandsOverTheAnswer)
{
    (*client)->pull({1, 2});
    EXPECT_EQ(next_question(peer), "1,2");
    answer(1, 2, {"10.0.0.1:80", "10.0.0.2:80"});
    EXPECT_EQ(client->route(1), "(1,2) 10.0.0.1:80 10.0.0.2:80");
    (*client)->pull({-1, INT32_MIN});
    EXPECT_EQ(next_question(peer), "-1,-2147483648");
    answer(-1, INT32_MIN, {});
    EXPECT_EQ(client->route(2), "(-1,-2147483648)");
}

TEST_F(DnsClient, ARouteThatIsOlderThanTheOneKnownIsNotTaken)
{
    (*client)->pull({1, 2});
    next_question(peer);
    answer(1, 2, {"10.0.0.2:80"}, 20);
    client->route(1);
    answer(1, 2, {"10.0.0.1:80"}, 19);
    EXPECT_EQ(client->route(2), "(1,2) 10.0.0.2:80") << "what is known is the answer";
    EXPECT_NE(client->log().find("RouteVersion 19, which is older than 20"), std::string::npos);
    answer(1, 2, {}, 19);
    EXPECT_EQ(client->route(3), "(1,2) 10.0.0.2:80");
    answer(1, 2, {"10.0.0.3:80"}, 20);
    EXPECT_EQ(client->route(4), "(1,2) 10.0.0.3:80") << "as old is not older";
    answer(1, 2, {"10.0.0.4:80"});
    EXPECT_EQ(client->route(5), "(1,2) 10.0.0.4:80") << "an older dns says no version";
    answer(1, 2, {"10.0.0.5:80"}, 1);
    EXPECT_EQ(client->route(6), "(1,2) 10.0.0.5:80") << "and then none is known";
}

// A dns would take one that says nothing for an outsider.
TEST_F(DnsClient, AnAgentThatKnowsNoModuleSaysSomethingAllTheSame)
{
    EXPECT_EQ(next_question(peer, milliseconds(10000)), "0,0");
    answer(0, 0, {"10.0.0.1:80"});
    (*client)->pull({1, 2});
    EXPECT_EQ(next_question(peer), "1,2");
    answer(1, 2, {});
    EXPECT_EQ(client->route(1), "(1,2)");
}

TEST_F(DnsClient, PushedChangesAreHandedOver)
{
    (*client)->pull({1, 2});
    next_question(peer);
    answer(1, 2, {"10.0.0.1:80"});
    client->route(1);
    answer(1, 2, {"10.0.0.2:80"});
    EXPECT_EQ(client->route(2), "(1,2) 10.0.0.2:80");
    answer(1, 2, {});
    EXPECT_EQ(client->route(3), "(1,2)");
}

TEST_F(DnsClient, Trap_A8_ALostAnswerIsAskedForAgainWithGrowingPauses)
{
    // From before the first, as this thread may be late to see each of them.
    const auto begin = std::chrono::steady_clock::now();
    (*client)->pull({1, 2});
    ASSERT_EQ(next_question(peer), "1,2");
    ASSERT_EQ(next_question(peer), "1,2");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(1000));
    ASSERT_EQ(next_question(peer), "1,2");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(3000));
    answer(1, 2, {"10.0.0.1:80"});
    EXPECT_EQ(client->route(1), "(1,2) 10.0.0.1:80");
    EXPECT_EQ(next_question(peer, milliseconds(1500)), "") << "an answer ends the asking";
}

TEST_F(DnsClient, AModuleThatIsPendingIsNotAskedForTwice)
{
    for (int i = 0; i < 100; ++i)
        (*client)->pull({1, 2});
    (*client)->pull({3, 4});
    EXPECT_EQ(next_question(peer), "1,2");
    EXPECT_EQ(next_question(peer), "3,4");
}

// The same as the agent does it: route_lb decides when to pull.
TEST_F(DnsClient, Trap_A9_AnUnknownModuleAskedForAtWillIsAboutOneQueryASecond)
{
    route_lb modules(lb_config(), [this](const module_id &id) { (*client)->pull(id); });
    size_t queries = 0;
    size_t taken = 0;
    endpoint host;
    const auto end = std::chrono::steady_clock::now() + milliseconds(3500);
    while (std::chrono::steady_clock::now() < end) {
        EXPECT_EQ(modules.get_host({7, 7}, std::chrono::steady_clock::now(), &host),
                  load_balance::choice::no_hosts);
        if (!next_question(peer, milliseconds(1)).empty()) {
            ++queries;
            answer(7, 7, {});
        }
        for (; taken < client->routes().size(); ++taken)
            modules.update({{7, 7}, {}}, std::chrono::steady_clock::now());
    }
    EXPECT_GE(queries, 3u);
    EXPECT_LE(queries, 4u);
}

TEST_F(DnsClient, AReconnectAsksForEverythingAgain)
{
    for (int32_t cmdid : {1, 2, 3}) {
        (*client)->pull({1, cmdid});
        next_question(peer);
        answer(1, cmdid, {"10.0.0.1:80"});
    }
    client->route(3);
    (*client)->pull({1, 4});  // and one that was not answered
    next_question(peer);
    peer.reset();
    accept();
    std::vector<std::string> questions;
    for (int i = 0; i < 4; ++i)
        questions.push_back(next_question(peer));
    std::sort(questions.begin(), questions.end());
    EXPECT_EQ(questions, (std::vector<std::string>{"1,1", "1,2", "1,3", "1,4"}));
}

TEST_F(DnsClient, HostsThatCannotBeCalledAndDuplicatesAreLeftOut)
{
    (*client)->pull({1, 2});
    next_question(peer);
    GetRouteResponse body;
    body.set_modid(1);
    body.set_cmdid(2);
    for (const auto &[ip, port] : std::vector<std::pair<int32_t, int32_t>>{
             {0, 80}, {1, 0}, {1, -1}, {1, 65536}, {-1, 65535}, {1, 80}, {-1, 65535}, {1, 80}}) {
        body.add_host()->set_ip(ip);
        body.mutable_host(body.host_size() - 1)->set_port(port);
    }
    ASSERT_TRUE(peer.send_frame(ID_GetRouteResponse, body.SerializeAsString()));
    EXPECT_EQ(client->route(1), "(1,2) 255.255.255.255:65535 0.0.0.1:80");
}

TEST_F(DnsClient, AModuleNobodyAskedForAndGarbageAreDropped)
{
    (*client)->pull({1, 2});
    next_question(peer);
    answer(9, 9, {"10.0.0.9:80"});
    ASSERT_TRUE(peer.send_frame(ID_GetRouteResponse, "\x08"));
    ASSERT_TRUE(peer.send_frame(ID_GetRouteResponse, std::string(100, '\xff')));
    ASSERT_TRUE(peer.send_frame(4711, "unknown"));
    answer(1, 2, {"10.0.0.1:80"});
    EXPECT_EQ(client->route(1), "(1,2) 10.0.0.1:80");
    EXPECT_NE(client->log().find("does not parse"), std::string::npos);
}

// Which are forgotten, those answered first.
TEST_F(DnsClient, ModulesThatDoNotExistAreBounded)
{
    constexpr int MAX = 30000;
    for (int i = 0; i <= MAX; ++i)
        (*client)->pull({i, 7});
    for (int i = 0; i <= MAX; ++i) {
        ASSERT_EQ(next_question(peer), std::to_string(i) + ",7");
        answer(i, 7, {});
    }
    client->route(MAX + 1);
    answer(0, 7, {"10.0.0.1:80"});  // to nobody's question
    answer(1, 7, {"10.0.0.1:80"});
    EXPECT_EQ(client->route(MAX + 2), "(1,7) 10.0.0.1:80");
}

// A busy dns may take a moment for the first question after a quiet time.
TEST_F(DnsClient, AQuietTimeBeforeAQuestionIsNoSilence)
{
    std::this_thread::sleep_for(milliseconds(4500));
    (*client)->pull({1, 2});
    ASSERT_EQ(next_question(peer), "1,2");
    EXPECT_EQ(next_question(peer), "1,2") << "was given up:\n" << client->log();
}

TEST(DnsClientServers, Trap_A7_ADnsThatComesLaterIsAsked)
{
    const uint16_t port = test::free_port();
    running_dns_client client({port});
    client->pull({1, 2});
    ASSERT_TRUE(client.start());
    ASSERT_TRUE(test::wait_until([&] { return !client.log().empty(); }));
    test::wire_peer server;
    ASSERT_TRUE(server.listen_tcp(port));
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    EXPECT_EQ(next_question(*peer), "1,2");
    ASSERT_TRUE(peer->send_frame(ID_GetRouteResponse, route_response(1, 2, {"10.0.0.1:80"})));
    EXPECT_EQ(client.route(1), "(1,2) 10.0.0.1:80");
}

TEST(DnsClientServers, ASilentOneIsGivenUpAndTheNextIsAsked)
{
    test::wire_peer silent;
    test::wire_peer good;
    ASSERT_TRUE(silent.listen_tcp() && good.listen_tcp());
    running_dns_client client({silent.port(), good.port()});
    ASSERT_TRUE(client.start());
    auto first = silent.accept();
    ASSERT_TRUE(first.has_value());
    client->pull({1, 2});
    EXPECT_EQ(next_question(*first), "1,2");
    EXPECT_TRUE(first->wait_eof(milliseconds(15000)));
    auto second = good.accept();
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(next_question(*second), "1,2");
    EXPECT_NE(client.log().find("does not answer"), std::string::npos);
}

class DnsSilence : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(first.listen_tcp() && second.listen_tcp());
        client = std::make_unique<running_dns_client>(
            std::vector<uint16_t>{first.port(), second.port()});
        ASSERT_TRUE(client->start());
        auto accepted = first.accept();
        ASSERT_TRUE(accepted.has_value());
        peer = std::move(*accepted);
        (*client)->pull({1, 2});
        ASSERT_EQ(next_question(peer), "1,2");
        answer();
    }
    void answer()
    {
        ASSERT_TRUE(peer.send_frame(ID_GetRouteResponse, route_response(1, 2, {"10.0.0.1:80"})));
    }
    void expect_next_is_asked(std::optional<test::wire_peer> other)
    {
        ASSERT_TRUE(other.has_value());
        EXPECT_LT(std::chrono::steady_clock::now() - silent_since, milliseconds(3000));
        EXPECT_EQ(next_question(*other), "1,2");
        EXPECT_NE(client->log().find("does not answer"), std::string::npos);
    }

    test::wire_peer first;
    test::wire_peer second;
    test::wire_peer peer;
    std::unique_ptr<running_dns_client> client;
    std::chrono::steady_clock::time_point silent_since = std::chrono::steady_clock::now();
};

TEST_F(DnsSilence, OneThatFallsSilentIsLeftThoughNobodyWantsARoute)
{
    EXPECT_EQ(next_question(peer), "1,2") << "it is asked for something that is known";
    expect_next_is_asked(second.accept());
}

TEST_F(DnsSilence, OneThatDripsIsLeft)
{
    const std::string frame = test::encode_frame(ID_GetRouteResponse, std::string(1000, '\0'));
    std::optional<test::wire_peer> other;
    for (size_t i = 0; !other && i < 100; ++i) {
        peer.send_bytes(frame.substr(i, 1));
        other = second.accept(milliseconds(50));
    }
    expect_next_is_asked(std::move(other));
}

TEST_F(DnsSilence, OneThatSendsWhatIsNoAnswerIsLeft)
{
    std::optional<test::wire_peer> other;
    for (size_t i = 0; !other && i < 100; ++i) {
        peer.send_frame(ID_GetRouteResponse, std::string(5, '\xff'));
        peer.send_frame(ID_GetRouteResponse, route_response(7, 7, {"10.0.0.1:80"}));
        other = second.accept(milliseconds(50));
    }
    expect_next_is_asked(std::move(other));
}

TEST_F(DnsSilence, OneThatAnswersSlowlyStays)
{
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(next_question(peer), "1,2");
        std::this_thread::sleep_for(milliseconds(700));  // so slow it is
        answer();
    }
    EXPECT_FALSE(second.accept(milliseconds(0)).has_value()) << client->log();
}

}  // namespace
}  // namespace lars
