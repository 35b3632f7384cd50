// The file of the routes last known.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "route_file.h"
#include "running_dns_client.h"
#include "temp_dir.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::next_question;
using test::route_response;
using test::running_dns_client;

std::vector<std::string> load(running_dns_client &client)
{
    std::vector<std::string> known;
    for (const module_route &update : client->load_cache()) {
        known.push_back(update.module.to_string());
        for (const route_host &host : update.hosts)
            known.back() += " " + host.address.to_string();
    }
    std::sort(known.begin(), known.end());
    return known;
}

class RouteCache : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(server.listen_tcp()); }

    // CLIENT learns a route, and cannot write it.
    void fail_to_save(running_dns_client &client)
    {
        ASSERT_TRUE(client.start());
        dns = server.accept();
        ASSERT_TRUE(dns.has_value());
        client->pull({1, 1});
        next_question(*dns);
        ASSERT_TRUE(dns->send_frame(ID_GetRouteResponse, route_response(1, 1, {"10.0.0.1:80"})));
        ASSERT_TRUE(test::wait_until(
            [&] { return client.log().find("route cache: ") != std::string::npos; }));
    }

    test::temp_dir folder;
    std::string path = folder.file("routes");
    test::wire_peer server;
    std::optional<test::wire_peer> dns;
};

TEST_F(RouteCache, WhatWasLearntIsKnownAfterARestart)
{
    {
        running_dns_client client({server.port()}, path);
        EXPECT_TRUE(client->load_cache().empty());
        ASSERT_TRUE(client.start());
        auto peer = server.accept();
        ASSERT_TRUE(peer.has_value());
        for (int32_t cmdid : {1, 2, 3}) {
            client->pull({-1, cmdid});
            next_question(*peer);
        }
        ASSERT_TRUE(peer->send_frame(ID_GetRouteResponse, route_response(-1, 1, {"10.0.0.1:80"})));
        ASSERT_TRUE(peer->send_frame(ID_GetRouteResponse,
                                     route_response(-1, 2, {"10.0.0.2:80", "10.0.0.3:80"})));
        ASSERT_TRUE(peer->send_frame(ID_GetRouteResponse, route_response(-1, 3, {})));
        client.route(3);
    }
    running_dns_client again({server.port()}, path);
    EXPECT_EQ(load(again),
              (std::vector<std::string>{"(-1,1) 10.0.0.1:80", "(-1,2) 10.0.0.2:80 10.0.0.3:80"}));
    ASSERT_TRUE(again.start());
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    std::vector<std::string> questions = {next_question(*peer), next_question(*peer)};
    std::sort(questions.begin(), questions.end());
    EXPECT_EQ(questions, (std::vector<std::string>{"-1,1", "-1,2"})) << "known is asked for again";
}

TEST_F(RouteCache, IsWrittenSoonAfterAChangeNotOnlyAtTheEnd)
{
    running_dns_client client({server.port()}, path);
    ASSERT_TRUE(client.start());
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    client->pull({1, 1});
    next_question(*peer);
    ASSERT_TRUE(peer->send_frame(ID_GetRouteResponse, route_response(1, 1, {"10.0.0.1:80"})));
    EXPECT_TRUE(test::wait_until(
        [&] { return test::read_text(path).find("1 1 10.0.0.1:80") != std::string::npos; }));
}

TEST_F(RouteCache, ADamagedFileIsRefusedWithAMessageAndTheClientStarts)
{
    test::write_text(path, "lars-routes 1 1 0000000000000000\n1 1 10.0.0.1:80\n");
    running_dns_client client({server.port()}, path);
    EXPECT_TRUE(client->load_cache().empty());
    EXPECT_NE(client.log().find(path), std::string::npos) << client.log();
    ASSERT_TRUE(client.start());
    auto peer = server.accept();
    ASSERT_TRUE(peer.has_value());
    client->pull({1, 1});
    EXPECT_EQ(next_question(*peer), "1,1");
}

TEST_F(RouteCache, HostsThatCannotBeAndDuplicatesInTheFileAreLeftOut)
{
    const auto row = [](const char *text) { return route_row{{1, 1}, {test::host(text)}}; };
    ASSERT_TRUE(save_route_file(
        path, {{row("10.0.0.1:80"), row("0.0.0.0:80"), row("10.0.0.1:80"), row("10.0.0.2:0")}}));
    running_dns_client client({server.port()}, path);
    EXPECT_EQ(load(client), std::vector<std::string>{"(1,1) 10.0.0.1:80"});
}

TEST_F(RouteCache, AFileThatCannotBeReplacedIsToldOnce)
{
    running_dns_client client({server.port()}, path);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = signal(SIGXFSZ, SIG_IGN);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
    fail_to_save(client);
    // Each try makes a file beside it and removes it; they are a second apart.
    const auto first = std::filesystem::last_write_time(folder.path());
    const bool tried_again = test::wait_until([&] {
        return std::filesystem::last_write_time(folder.path()) > first + milliseconds(1500);
    });
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    EXPECT_TRUE(tried_again);
    const std::string log = client.log();
    EXPECT_EQ(log.find("route cache: "), log.rfind("route cache: ")) << log;
}

TEST_F(RouteCache, IsWrittenOnceItCanBeThoughNothingChangesAnyMore)
{
    running_dns_client client({server.port()}, folder.file("later/routes"));
    fail_to_save(client);
    std::filesystem::create_directory(folder.file("later"));
    EXPECT_TRUE(test::wait_until([&] {
        return test::read_text(folder.file("later/routes")).find("1 1 10.0.0.1:80") !=
               std::string::npos;
    }));
}

}  // namespace
}  // namespace lars
