// What a loop destroys when it ends may still use it. Most of these fail under a sanitizer or not
// at all.
#include "net_support.h"
#include "tcp_client.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

// Uses all that a loop offers when it goes, and counts itself.
struct last_words {
    event_loop *loop;
    int *gone;
    event_loop::timer_id other = 0;
    int generations = 2;
    socket_pair pair{};

    ~last_words()
    {
        loop->cancel(other);
        loop->del_io_event(pair.ours.get());
        ++*gone;
        if (generations == 0)
            return;
        // Each kind is left to the loop, and goes with it.
        const auto heir = [&] {
            auto next = std::make_shared<last_words>();
            next->loop = loop;
            next->gone = gone;
            next->generations = generations - 1;
            return next;
        };
        loop->run_after(1h, [own = heir()] {});
        loop->add_task([own = heir()] {});
        loop->destroy_later(heir());
        const auto watching = heir();
        EXPECT_TRUE(
            loop->add_io_event(watching->pair.ours.get(), event_loop::READ, [own = watching] {})
                .ok());
    }
};

// Who holds it when the loop goes.
enum class holder { task, timer, repeated_timer, watched, garbage };

class LoopEnd : public testing::TestWithParam<holder> {
protected:
    static void leave(event_loop &loop, const std::shared_ptr<void> &thing, int fd)
    {
        switch (GetParam()) {
        case holder::task: loop.add_task([thing] {}); break;
        case holder::timer: loop.run_after(1h, [thing] {}); break;
        case holder::repeated_timer: loop.run_every(1h, [thing] {}); break;
        case holder::watched:
            EXPECT_TRUE(loop.add_io_event(fd, event_loop::READ, [thing] {}).ok());
            break;
        case holder::garbage: loop.destroy_later(thing); break;
        }
    }
};

TEST_P(LoopEnd, WhatItDestroysMayUseIt)
{
    int gone = 0;
    {
        event_loop loop(no_log());
        auto words = std::make_shared<last_words>();
        words->loop = &loop;
        words->gone = &gone;
        words->other = loop.run_after(2h, [] {});
        leave(loop, words, words->pair.ours.get());
    }
    EXPECT_EQ(gone, 1 + 4 + 16);
}

// Its buffers come from the loop.
TEST_P(LoopEnd, AClientWithQueuedOutputMayGoWithIt)
{
    wire_peer listener;
    ASSERT_TRUE(listener.listen_tcp());
    socket_pair pair;
    event_loop loop(no_log());
    auto client = std::make_shared<tcp_client>(
        &loop, "test", std::vector<server_address>{loopback(listener.port())});
    client->start();
    ASSERT_TRUE(run_until(loop, [&] { return client->connected(); }));
    const std::string body(60000, 'x');
    for (int i = 0; i < 120; ++i)
        EXPECT_EQ(client->send_message(body.data(), body.size(), 1), send_result::ok);
    leave(loop, client, pair.ours.get());
}

INSTANTIATE_TEST_SUITE_P(Holders, LoopEnd,
                         testing::Values(holder::task, holder::timer, holder::repeated_timer,
                                         holder::watched, holder::garbage));

}  // namespace
}  // namespace lars
