// What a program keeps for each loop of a tcp_server.
#include <map>
#include <set>

#include "net_support.h"

namespace lars {
namespace {

using namespace test;

// What one loop counts, without a lock.
struct counts {
    explicit counts(std::vector<std::string> *what) : ends(what) {}
    ~counts() { ends->push_back(std::to_string(open) + " of " + std::to_string(opened)); }

    std::vector<std::string> *ends;
    int open = 0;
    int opened = 0;
};

TEST(LoopState, IsMadeOnceForEachLoopInsideStartInTheCallersThread)
{
    for (const int threads : {0, 1, 3}) {
        running_server s(with_threads(threads));
        std::vector<std::thread::id> made_by;
        s.server.set_loop_state<int>([&] {
            made_by.push_back(std::this_thread::get_id());
            return std::make_unique<int>(0);
        });
        EXPECT_TRUE(made_by.empty());
        s.start();
        EXPECT_EQ(made_by, std::vector<std::thread::id>(std::max<size_t>(threads, 1),
                                                        std::this_thread::get_id()));
    }
}

TEST(LoopState, IsThatOfTheConnectionsLoop)
{
    running_server s(with_threads(3));
    std::mutex mutex;
    std::map<const int *, std::set<event_loop *>> loops;
    s.server.set_loop_state<int>([] { return std::make_unique<int>(0); });
    s.server.set_conn_start([&](net_connection &conn) {
        int &state = s.server.loop_state<int>(conn);
        ++state;
        std::lock_guard<std::mutex> lock(mutex);
        loops[&state].insert(conn.loop());
    });
    s.start();
    std::vector<wire_peer> peers;
    for (int i = 0; i < 7; ++i) {
        peers.push_back(s.connect());
        ASSERT_TRUE(echoes(peers.back()));
    }
    std::vector<int> seen;
    s.server.run_in_loops([&](server_loop &here) {
        const int &state = here.state<int>();
        std::lock_guard<std::mutex> lock(mutex);
        EXPECT_EQ(loops[&state], std::set<event_loop *>{here.loop()});
        seen.push_back(state);
    });
    ASSERT_TRUE(wait_until([&] {
        std::lock_guard<std::mutex> lock(mutex);
        return seen.size() == 3;
    }));
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(seen, (std::vector<int>{2, 2, 3}));
}

TEST(LoopState, OutlivesTheConnectionsSoThatCloseHooksMayUseIt)
{
    for (const int threads : {0, 2}) {
        std::vector<std::string> ends;
        std::vector<wire_peer> peers;
        {
            running_server s(with_threads(threads));
            s.server.set_loop_state<counts>([&] { return std::make_unique<counts>(&ends); });
            s.server.set_conn_start([&](net_connection &conn) {
                counts &here = s.server.loop_state<counts>(conn);
                ++here.open;
                ++here.opened;
            });
            s.server.set_conn_close(
                [&](net_connection &conn) { --s.server.loop_state<counts>(conn).open; });
            s.start();
            for (int i = 0; i < 4; ++i) {
                peers.push_back(s.connect());
                ASSERT_TRUE(echoes(peers.back()));
            }
            EXPECT_TRUE(ends.empty());
        }
        EXPECT_EQ(ends, threads == 0 ? std::vector<std::string>{"0 of 4"}
                                     : (std::vector<std::string>{"0 of 2", "0 of 2"}));
    }
}

#ifndef NDEBUG
TEST(LoopState, AskedForAsAnotherTypeIsCaught)
{
    for (const bool with_state : {true, false}) {
        EXPECT_DEATH(
            {
                event_loop loop(no_log());
                tcp_server server(&loop);
                if (with_state)
                    server.set_loop_state<int>([] { return std::make_unique<int>(0); });
                if (server.bind(loopback()) && server.start())
                    server.run_in_loops([](server_loop &here) { here.state<long>() = 1; });
                run_rounds(loop);
            },
            "typeid");
    }
}
#endif

TEST(LoopState, ATaskForALoopOfAServerThatIsGoneNeverRuns)
{
    event_loop loop(no_log());
    bool ran = false;
    {
        tcp_server server(&loop);
        ASSERT_TRUE(server.bind(loopback()).ok());
        ASSERT_TRUE(server.start().ok());
        server.run_in_loops([&](server_loop &) { ran = true; });
    }
    run_rounds(loop);
    EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace lars
