// A client of servers that have names: which of their addresses it tries, and what it waits
// for. The loop runs in the test's own thread; the names are the test's.
#include <gtest/gtest.h>

#include "free_port.h"
#include "name_server.h"
#include "net_support.h"
#include "tcp_client.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

tcp_client_options quick()
{
    tcp_client_options options;
    options.connect_timeout = 100ms;
    options.first_backoff = 2ms;
    options.longest_backoff = 10ms;
    return options;
}

class ClientNames : public testing::Test {
protected:
    void start(const std::vector<server_address> &servers,
               const tcp_client_options &options = quick())
    {
        client = std::make_unique<tcp_client>(&loop, "test", servers, options);
        client->set_conn_start([this](net_connection &peer) { connected.push_back(peer.peer()); });
        client->start();
    }
    bool connects(size_t times)
    {
        return run_until(loop, [&] { return connected.size() == times; });
    }
    bool run_for(std::chrono::milliseconds time)
    {
        bool over = false;
        loop.run_after(time, [&] { over = true; });
        return run_until(loop, [&] { return over; });
    }

    name_server names;
    log_recorder log;
    event_loop loop{log.sink()};
    wire_peer listener;
    std::unique_ptr<tcp_client> client;
    std::vector<endpoint> connected;
};

TEST_F(ClientNames, ANameIsConnectedToAndItsAddressShown)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.set("one.test", {"127.0.0.1"});
    start({{"one.test", listener.port()}});
    EXPECT_EQ(client->peer(), endpoint());
    EXPECT_EQ(client->address_count(), 1u);
    ASSERT_TRUE(connects(1));
    EXPECT_EQ(client->peer(), loopback(listener.port()));
}

TEST_F(ClientNames, AllAddressesOfANameAreTriedInTurn)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.set("several.test", {"127.0.0.7", "127.0.0.8", "127.0.0.1"});
    start({{"several.test", listener.port()}});
    ASSERT_TRUE(connects(1));
    EXPECT_EQ(client->peer(), loopback(listener.port()));
    EXPECT_EQ(client->address_count(), 3u);
    bool all = false;
    EXPECT_EQ(client->known_addresses(&all).size(), 3u);
    EXPECT_TRUE(all);
    EXPECT_EQ(name_server::lookups(), 1) << "once for all of them";
}

TEST_F(ClientNames, TheNameIsLookedUpAgainAtEachReconnect)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.set("moves.test", {"127.0.0.1"});
    start({{"moves.test", listener.port()}});
    ASSERT_TRUE(connects(1));
    auto peer = listener.accept();
    ASSERT_TRUE(peer);
    // It is elsewhere now, and nobody is where it was.
    names.set("moves.test", {"127.0.0.7", "127.0.0.1"});
    peer->reset();
    ASSERT_TRUE(connects(2));
    EXPECT_EQ(client->address_count(), 2u);
    EXPECT_GE(name_server::lookups(), 2);
}

TEST_F(ClientNames, AConnectionThatIsLostLeadsToTheNameNextAddress)
{
    // Three servers that differ in their addresses only.
    std::vector<std::unique_ptr<tcp_server>> servers;
    uint16_t port = 0;
    for (const char *ip : {"127.0.0.7", "127.0.0.8", "127.0.0.9"}) {
        servers.push_back(std::make_unique<tcp_server>(&loop));
        ASSERT_TRUE(servers.back()->bind({*parse_ip(ip), port}));
        ASSERT_TRUE(servers.back()->start());
        port = servers.back()->address().port;
    }
    names.set("several.test", {"127.0.0.7", "127.0.0.8"});
    start({{"several.test", port}, {"127.0.0.9", port}});
    for (const char *ip : {"127.0.0.7", "127.0.0.8", "127.0.0.9", "127.0.0.7"}) {
        const size_t before = connected.size();
        ASSERT_TRUE(connects(before + 1));
        EXPECT_EQ(connected.back(), (endpoint{*parse_ip(ip), port}));
        client->close();
    }
    EXPECT_EQ(name_server::lookups(), 3) << "once for each connection to it";
}

TEST_F(ClientNames, ANameThatDoesNotResolveIsToldOnceAndTheOthersAreTried)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.set("gone.test", {});
    start({{"gone.test", 7}, loopback(listener.port())});
    for (size_t i = 1; i <= 3; ++i) {
        ASSERT_TRUE(connects(i));
        auto peer = listener.accept();
        ASSERT_TRUE(peer);
        peer->reset();
    }
    EXPECT_GE(name_server::lookups(), 3);
    EXPECT_EQ(log.count("gone.test"), 1u);
    EXPECT_EQ(log.count("test: no address is known for gone.test: "), 1u);
    EXPECT_EQ(client->address_count(), 1u) << "there is nothing to turn to";
}

TEST_F(ClientNames, OneThatResolvesLaterIsTriedAgainAndThatIsToldToo)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.set("late.test", {});
    start({{"late.test", listener.port()}});
    ASSERT_TRUE(run_until(loop, [] { return name_server::lookups() >= 4; }));
    EXPECT_EQ(log.count("late.test"), 1u);
    names.set("late.test", {"127.0.0.1"});
    ASSERT_TRUE(connects(1));
    EXPECT_EQ(log.count("late.test has an address again"), 1u);
}

TEST_F(ClientNames, ASilentNameServerHoldsUpNeitherTheLoopNorTheOthers)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.be_silent("silent.test");
    start({{"silent.test", 7}, loopback(listener.port())});
    const auto before = event_loop::clock::now();
    EXPECT_GT(wakeups_within(loop, 10ms), 0u);
    EXPECT_LT(event_loop::clock::now() - before, 90ms) << "the loop has waited for the lookup";
    ASSERT_TRUE(connects(1));
    EXPECT_EQ(log.count("no address is known for silent.test: no name server answers"), 1u);
    EXPECT_EQ(name_server::lookups(), 1);
}

TEST_F(ClientNames, TheAddressesLastKnownAreTriedWhileNoNameServerAnswers)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.set("one.test", {"127.0.0.1"});
    start({{"one.test", listener.port()}});
    ASSERT_TRUE(connects(1));
    auto peer = listener.accept();
    ASSERT_TRUE(peer);
    names.be_silent("one.test");
    peer->reset();
    ASSERT_TRUE(connects(2));
    peer = listener.accept();
    names.set("one.test", {});
    peer->reset();
    ASSERT_TRUE(connects(3));
    EXPECT_EQ(log.count("its last known ones are tried"), 1u);
}

TEST_F(ClientNames, AClientMayEndDuringALookup)
{
    names.be_silent("silent.test");
    start({{"silent.test", 7}});
    ASSERT_TRUE(run_until(loop, [] { return name_server::waiting() == 1; }));
    client->stop();
    client.reset();
    names.set("silent.test", {"127.0.0.1"});
    ASSERT_TRUE(run_until(loop, [] { return name_server::waiting() == 0; }));
    run_rounds(loop);
    EXPECT_EQ(log.count(""), 0u);
}

TEST_F(ClientNames, OneThatIsStoppedDuringALookupStaysSoUntilItIsStarted)
{
    ASSERT_TRUE(listener.listen_tcp());
    names.be_silent("slow.test");
    start({{"slow.test", listener.port()}});
    ASSERT_TRUE(run_until(loop, [] { return name_server::waiting() == 1; }));
    client->stop();
    names.set("slow.test", {"127.0.0.1"});
    ASSERT_TRUE(run_for(50ms));
    EXPECT_TRUE(connected.empty());
    client->start();
    EXPECT_TRUE(connects(1));
}

}  // namespace
}  // namespace lars
