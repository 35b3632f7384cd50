#include "metrics_server.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <future>

#include "http_get.h"
#include "loop_thread.h"
#include "text_match.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars {
namespace {

using namespace test;

// A server in a loop of its own, with what the loop has logged.
struct served_metrics {
    explicit served_metrics(metrics_server::collector collect)
        : thread([this](log_level, std::string_view line) {
              const std::lock_guard<std::mutex> lock(mutex);
              log += std::string(line) + "\n";
          })
    {
        server.emplace(thread.loop(), std::move(collect));
        EXPECT_TRUE(thread.start().ok());
    }
    ~served_metrics() { end(); }
    void end()
    {
        if (!server)
            return;
        in_loop([this] { server.reset(); });
        thread.stop();
    }
    void in_loop(const std::function<void()> &work)
    {
        std::promise<void> done;
        thread.loop()->add_task([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }
    void start(uint16_t port)
    {
        in_loop([&] { server->start({endpoint{0x7f000001, port}}); });
    }
    std::string logged()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        return log;
    }
    // That it says it has; 0 if it says nothing.
    uint16_t port()
    {
        const auto found = first_match(logged(), "http://127.0.0.1:([0-9]+)/metrics");
        return found.empty() ? 0 : static_cast<uint16_t>(std::stoi(found[1]));
    }

    std::mutex mutex;
    std::string log;
    loop_thread thread;
    std::optional<metrics_server> server;
};

metrics_server::collector one_figure()
{
    return [](const std::shared_ptr<metrics_page> &page) { page->gauge("figure", "F.", 7); };
}

TEST(MetricsServer, AnswersAScrapeWithWhatTheLoopPutsThere)
{
    served_metrics s(one_figure());
    s.start(0);
    ASSERT_GT(s.port(), 0) << s.logged();
    const auto answer = http_get(s.port(), "/metrics");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_NE(answer->body.find("\nfigure 7\n"), std::string::npos) << answer->body;
    EXPECT_NE(answer->body.find("\nlars_scrape_complete 1\n"), std::string::npos);
    const auto other = http_get(s.port(), "/");
    ASSERT_TRUE(other);
    EXPECT_EQ(other->status, 404);
}

TEST(MetricsServer, WaitsForThePageWhoeverHasIt)
{
    std::promise<std::shared_ptr<metrics_page>> passed_on;
    served_metrics s([&](const std::shared_ptr<metrics_page> &page) { passed_on.set_value(page); });
    s.start(0);
    auto answer =
        std::async(std::launch::async, [port = s.port()] { return http_get(port, "/metrics"); });
    std::shared_ptr<metrics_page> page = passed_on.get_future().get();
    page->gauge("late", "L.", 1);
    page.reset();
    const auto got = answer.get();
    ASSERT_TRUE(got);
    EXPECT_NE(got->body.find("\nlate 1\n"), std::string::npos) << got->body;
}

TEST(MetricsServer, HalfOfTheFiguresAreNotTold)
{
    std::shared_ptr<metrics_page> kept;
    served_metrics s([&](const std::shared_ptr<metrics_page> &page) {
        page->gauge("figure", "F.", 7);
        kept = page;
    });
    s.start(0);
    const auto answer = http_get(s.port(), "/metrics");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body.find("figure 7"), std::string::npos) << answer->body;
    EXPECT_NE(answer->body.find("\nlars_scrape_complete 0\n"), std::string::npos);
    s.in_loop([&] { kept.reset(); });
}

TEST(MetricsServer, ItsEndDoesNotWaitForAScrape)
{
    std::shared_ptr<metrics_page> kept;
    std::promise<void> asked;
    served_metrics s([&](const std::shared_ptr<metrics_page> &page) {
        kept = page;
        asked.set_value();
    });
    s.start(0);
    auto answer =
        std::async(std::launch::async, [port = s.port()] { return http_get(port, "/metrics"); });
    asked.get_future().wait();
    s.end();
    answer.wait();
    kept.reset();  // later than the server
}

TEST(MetricsServer, APortThatIsTakenIsAWarning)
{
    wire_peer taken;
    ASSERT_TRUE(taken.listen_tcp());
    served_metrics s(one_figure());
    s.start(taken.port());
    EXPECT_EQ(s.port(), 0);
    EXPECT_NE(s.logged().find("no metrics: cannot serve them at 127.0.0.1:" +
                              std::to_string(taken.port())),
              std::string::npos)
        << s.logged();
}

TEST(MetricsServer, ClientsThatStallOrNeverEndHoldUpNobodyForLong)
{
    served_metrics s(one_figure());
    s.start(0);
    // As many as there are threads: they wait for a request that does not go on.
    std::vector<wire_peer> stalled(4);
    for (wire_peer &peer : stalled) {
        ASSERT_TRUE(peer.connect_tcp(s.port()));
        ASSERT_TRUE(peer.send_bytes("GET /metrics HTT"));
    }
    EXPECT_TRUE(wait_until([&] { return http_get(s.port(), "/metrics").has_value(); },
                           std::chrono::milliseconds(20000)));

    // Headers without end are refused long before they are a gigabyte.
    wire_peer endless;
    ASSERT_TRUE(endless.connect_tcp(s.port()));
    const std::string header = "X-More: " + std::string(1000, 'x') + "\r\n";
    bool taken = endless.send_bytes("GET /metrics HTTP/1.1\r\n");
    size_t sent = 0;
    for (; taken && sent < (16u << 20); sent += header.size())
        taken = endless.send_bytes(header);
    EXPECT_FALSE(taken) << sent << " bytes of headers were taken";
    EXPECT_TRUE(http_get(s.port(), "/metrics"));
}

// An answer that does not fit into what lies between the two waits for its reader.
TEST(MetricsServer, ClientsThatReadNothingHoldUpNobodyForLong)
{
    std::atomic<bool> long_one{true};
    served_metrics s([&](const std::shared_ptr<metrics_page> &page) {
        page->gauge("figure", long_one ? std::string(16 << 20, 'f') : "F.", 7);
    });
    s.start(0);
    std::vector<wire_peer> deaf(4);
    for (wire_peer &peer : deaf) {
        ASSERT_TRUE(peer.connect_tcp(s.port()));
        ASSERT_TRUE(peer.send_bytes("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
        // The answer has begun.
        pollfd begun{peer.fd(), POLLIN, 0};
        ASSERT_EQ(poll(&begun, 1, 20000), 1);
    }
    long_one = false;
    EXPECT_TRUE(wait_until([&] { return http_get(s.port(), "/metrics").has_value(); },
                           std::chrono::milliseconds(20000)));
}

TEST(MetricsServer, WithoutAnAddressThereIsNone)
{
    served_metrics s(one_figure());
    s.in_loop([&] { s.server->start({}); });
    EXPECT_EQ(s.logged(), "");
}

}  // namespace
}  // namespace lars
