// Clients that mean harm, or behave as if they did.
#include <future>

#include "http_listener.h"
#include "served_http.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

bool works(const served_http &s)
{
    return ask(s.port(), "GET", "/echo/1/2").status == 200;
}

TEST(HttpHostile, AFloodOfHeadersIsCutOff)
{
    served_http s;
    s.start();
    http_client client(s.port());
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n");
    bool sending = true;
    for (int i = 0; i < 4000 && sending; ++i)
        sending = client.send("X-Flood: 0123456789012345678901234567890123456789\r\n");
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 431);
    EXPECT_TRUE(client.peer().wait_eof());
    EXPECT_TRUE(works(s));
}

// Each byte comes in time, the request does not.
TEST(HttpHostile, ASlowHeadIsCutOff)
{
    http_server_options options;
    options.limits.read_time = milliseconds(300);
    served_http s(options);
    s.start();
    http_client client(s.port());
    const auto begin = steady_clock::now();
    client.send("GET / HTTP/1.1\r\n");
    std::optional<http_reply> reply;
    while (!reply && steady_clock::now() - begin < seconds(10) && client.send("a"))
        reply = client.receive(false, milliseconds(20));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 408);
    EXPECT_LT(steady_clock::now() - begin, seconds(5));
}

TEST(HttpHostile, ASlowBodyIsCutOff)
{
    http_server_options options;
    options.limits.read_time = milliseconds(300);
    served_http s(options);
    s.start();
    http_client client(s.port());
    const auto begin = steady_clock::now();
    client.send(request_text("POST", "/echo", {{"Content-Length", "5000"}}));
    std::optional<http_reply> reply;
    while (!reply && steady_clock::now() - begin < seconds(10) && client.send("a"))
        reply = client.receive(false, milliseconds(20));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 400);
    EXPECT_TRUE(client.peer().wait_eof());
}

TEST(HttpHostile, ABodyThatIsTooLongIsRefusedUnread)
{
    http_server_options options;
    options.limits.larger_bodies["/large"] = 200000;
    options.limits.larger_bodies["/below/"] = 100000;
    served_http s(options);
    s.start();
    const std::string longest(64 << 10, 'b');
    const std::string longer(100000, 'b');
    EXPECT_EQ(ask(s.port(), "POST", "/below/it", {}, longer).status, 404) << "it is read";
    EXPECT_EQ(ask(s.port(), "POST", "/below/it", {}, longer + "b").status, 413);
    EXPECT_EQ(ask(s.port(), "POST", "/below", {}, longer).status, 413);
    EXPECT_EQ(ask(s.port(), "POST", "/large/it", {}, longer).status, 413);
    EXPECT_EQ(ask(s.port(), "POST", "/echo", {}, longest).status, 200);
    EXPECT_EQ(ask(s.port(), "POST", "/echo", {}, longest + "b").status, 413);
    EXPECT_EQ(ask(s.port(), "POST", "/large?a=b", {}, std::string(200000, 'b')).body, "200000");
    EXPECT_EQ(ask(s.port(), "POST", "/large", {}, std::string(200001, 'b')).status, 413);
    EXPECT_EQ(ask(s.port(), "POST", "/echo", {{"Content-Length", "18446744073709551615"}}).status,
              413);
}

TEST(HttpHostile, AnEndlessBodyInChunksIsCutOff)
{
    for (const size_t length : {size_t{1}, size_t{1000}}) {
        served_http s;
        s.start();
        http_client client(s.port());
        client.send(request_text("POST", "/echo", {{"Transfer-Encoding", "chunked"}}));
        char size[8];
        snprintf(size, sizeof size, "%zx", length);
        std::string chunks;
        while (chunks.size() < 100000)
            chunks += std::string(size) + "\r\n" + std::string(length, 'c') + "\r\n";
        std::optional<http_reply> reply;
        for (int i = 0; i < 1000 && !reply && client.send(chunks); ++i)
            reply = client.receive(false, milliseconds(1));
        if (!reply)
            reply = client.receive();
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 413);
        EXPECT_TRUE(client.peer().wait_eof());
    }
}

TEST(HttpHostile, NoBodyIsReadForWhoMayNotComeIn)
{
    served_http s({}, [](http_server::needs, http_request *request) {
        EXPECT_TRUE(request->body.empty());
        return error_answer(401, "login_needed", "log in first");
    });
    s.start();
    http_client client(s.port());
    client.send(request_text("POST", "/change", {{"Content-Length", "60000"}}) + "begin");
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 401);
    // What comes after is no request.
    client.send(request_text("GET", "/echo/1/2"));
    EXPECT_FALSE(client.receive());
}

TEST(HttpHostile, AClientThatNeverReadsIsCutOff)
{
    http_server_options options;
    options.limits.workers = 1;
    options.limits.write_time = milliseconds(100);
    served_http s(options);
    s.start();
    http_client client(s.port());
    client.send(request_text("GET", "/bytes/30000000"));
    // The only worker is free again.
    EXPECT_TRUE(works(s));
}

// The kernel's buffers take much of it; after that the client reads a little now and then.
TEST(HttpHostile, AClientThatReadsSlowlyIsCutOff)
{
    http_server_options options;
    options.limits.workers = 1;
    options.limits.write_time = milliseconds(100);
    served_http s(options);
    s.start();
    std::atomic<bool> done{false};
    http_client client(s.port());
    client.send(request_text("GET", "/bytes/30000000"));
    std::thread reader([&] {
        char little[512];
        while (!done && recv(client.peer().fd(), little, sizeof little, MSG_DONTWAIT) != 0)
            std::this_thread::sleep_for(milliseconds(5));
    });
    EXPECT_TRUE(works(s));
    done = true;
    reader.join();
}

TEST(HttpHostile, SilentConnectionsGiveWayToOthers)
{
    http_server_options options;
    options.limits.workers = 2;
    options.limits.idle_time = seconds(60);
    served_http s(options);
    s.start();
    std::vector<http_client> silent;
    for (int i = 0; i < 2; ++i) {
        silent.emplace_back(s.port());
        silent.back().send(request_text("GET", "/echo/1/2"));
        ASSERT_TRUE(silent.back().receive());
    }
    EXPECT_TRUE(works(s));
}

TEST(HttpHostile, ABusyConnectionGivesWayToOthers)
{
    http_server_options options;
    options.limits.workers = 1;
    served_http s(options);
    s.start();
    http_client busy(s.port());
    int answered = 0;
    while (answered < 200 && busy.send(request_text("GET", "/echo/1/2")) && busy.receive())
        ++answered;
    EXPECT_EQ(answered, 100);
    EXPECT_TRUE(works(s));
}

TEST(HttpHostile, ASilentConnectionIsClosed)
{
    http_server_options options;
    options.limits.idle_time = milliseconds(50);
    served_http s(options);
    s.start();
    http_client fresh(s.port());
    EXPECT_TRUE(fresh.peer().wait_eof());
    http_client used(s.port());
    used.send(request_text("GET", "/echo/1/2"));
    ASSERT_TRUE(used.receive());
    EXPECT_TRUE(used.peer().wait_eof());
}

TEST(HttpHostile, MoreConnectionsThanCanWaitAreClosedAtOnce)
{
    http_server_options options;
    options.limits.workers = 1;
    options.limits.waiting = 2;
    options.limits.idle_time = seconds(60);
    served_http s(options);
    s.start();
    // The worker waits for the first one's request.
    http_client first(s.port());
    first.send("GET ");
    std::vector<http_client> others;
    const bool refused = wait_until([&] {
        others.emplace_back(s.port());
        return others.back().peer().wait_eof(milliseconds(50));
    });
    EXPECT_TRUE(refused);
    EXPECT_LE(others.size(), 4u);
    EXPECT_TRUE(s.log.has("there are too many")) << s.log.text();
}

TEST(HttpHostile, OneAddressHasSoManyConnections)
{
    logged_lines log;
    http_listener::limits limits;
    limits.workers = 4;
    limits.per_address = 2;
    http_listener listener(limits, log.sink());
    const auto wait_for_end = [](http_listener::connection &one) {
        char byte;
        while (recv(one.fd.get(), &byte, 1, 0) < 0)
            std::this_thread::sleep_for(milliseconds(1));
    };
    ASSERT_TRUE(listener.start({LOOPBACK, 0}, [&] { return wait_for_end; }).ok());
    std::optional<http_client> first(std::in_place, listener.address().port);
    http_client second(listener.address().port);
    http_client third(listener.address().port);
    EXPECT_TRUE(third.peer().wait_eof());
    // One that has ended counts no more.
    first.reset();
    EXPECT_TRUE(wait_until([&] {
        http_client next(listener.address().port);
        return !next.peer().wait_eof(milliseconds(50));
    }));
    listener.stop();
}

TEST(HttpHostile, LongPathsAndQueriesAreOnlyNotFound)
{
    served_http s;
    s.start();
    EXPECT_EQ(ask(s.port(), "GET", "/echo/" + std::string(4000, 'a') + "/b").status, 404);
    EXPECT_EQ(ask(s.port(), "GET", "/echo/a/b?" + std::string(4000, 'a')).status, 200);
    EXPECT_EQ(
        ask(s.port(), "GET", "/echo/a/b", {{"Range", "bytes=" + std::string(8000, '1')}}).status,
        200);
    EXPECT_EQ(ask(s.port(), "GET", "/%00%ff%/%u12/..%2f").status, 404);
}

// Ends within two seconds, whatever clients do.
TEST(HttpHostile, StoppingWaitsForNoClient)
{
    served_http s;
    s.start();
    http_client silent(s.port()), slow(s.port()), deaf(s.port()), used(s.port());
    slow.send("GET / HTTP/1.1\r\nHost");
    used.send(request_text("GET", "/echo/1/2"));
    ASSERT_TRUE(used.receive());
    deaf.send(request_text("GET", "/bytes/50000000"));
    ASSERT_FALSE(deaf.peer().receive_bytes().empty());
    const auto begin = steady_clock::now();
    s.server.stop();
    EXPECT_LT(steady_clock::now() - begin, milliseconds(2500));
    EXPECT_TRUE(silent.peer().wait_eof());
    EXPECT_TRUE(slow.peer().wait_eof());
}

TEST(HttpHostile, StoppingLetsARunningRequestEnd)
{
    std::promise<void> entered, stopping;
    served_http s;
    s.server.add("GET", "/waits", http_server::needs::nothing, [&](const http_request &) {
        entered.set_value();
        stopping.get_future().wait();
        return json_answer("done");
    });
    s.start();
    http_client client(s.port());
    client.send(request_text("GET", "/waits"));
    entered.get_future().wait();
    std::thread stop([&] { s.server.stop(); });
    // It accepts nothing more once it stops.
    EXPECT_TRUE(wait_until([&] { return !wire_peer().connect_tcp(s.port()) || !works(s); }));
    stopping.set_value();
    const auto reply = client.receive();
    stop.join();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "\"done\"");
}

}  // namespace
}  // namespace lars
