// How connections and servers come and go.
#include <dirent.h>
#include <sys/resource.h>

#include <fstream>

#include "net_support.h"

namespace lars {
namespace {

using namespace test;

size_t open_fds()
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        ++count;
    closedir(folder);
    return count;
}

TEST(TcpServerLife, Trap_R10_ManyReconnectsLeaveNothingBehind)
{
    tcp_server_options options;
    options.threads = 2;
    options.max_connections = 20000;
    running_server s(options);
    std::atomic<int> closes{0};
    s.server.set_conn_start([](net_connection &conn) { conn.param = std::string(500, 'p'); });
    s.server.set_conn_close([&](net_connection &) { ++closes; });
    ASSERT_TRUE(s.server
                    .add_msg_router(2,
                                    [](const char *, uint32_t, int, net_connection &conn) {
                                        conn.close();
                                        conn.close();
                                        EXPECT_EQ(conn.send_message("x", 1, 1),
                                                  send_result::closed);
                                    })
                    .ok());
    s.start();
    const int count = sanitized ? 1000 : 10000;
    size_t fds = 0;
    size_t memory = 0;
    for (int i = 0; i < count; ++i) {
        if (i == count / 10) {
            // Not connections() == 0: one that is being accepted has an fd already.
            ASSERT_TRUE(wait_until([&] { return closes == i; }));
            fds = open_fds();
            memory = resident_bytes();
        }
        wire_peer peer = s.connect();
        if (i % 10 == 0) {
            ASSERT_TRUE(peer.send_bytes(encode_frame(2, "close me") + encode_frame(2, "again")));
            ASSERT_TRUE(peer.wait_eof());
        }
        if (i % 10 == 1) {
            ASSERT_TRUE(peer.send_bytes("part of a fr"));
        }
        peer.reset();
    }
    ASSERT_TRUE(wait_until([&] { return closes == count; }));
    ASSERT_TRUE(wait_until([&] { return open_fds() == fds; })) << open_fds() << ", not " << fds;
    EXPECT_EQ(s.server.connections(), 0u);
    if (!sanitized) {
        EXPECT_LT(resident_bytes(), memory + (1u << 20));
    }
    wire_peer peer = s.connect();
    EXPECT_TRUE(echoes(peer));
}

TEST(TcpServerLife, Trap_R12_AnIdleConnectionCostsLittle)
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    // Two fds for each; as many as the limit allows.
    const size_t count =
        std::min<size_t>(2000, (static_cast<size_t>(limit.rlim_cur) - open_fds() - 100) / 2);
    ASSERT_GE(count, 100u);
    tcp_server_options options;
    options.threads = 2;
    options.max_connections = count;
    running_server s(options);
    s.start();
    std::vector<wire_peer> peers(count);
    const size_t before = resident_bytes();
    for (size_t i = 0; i < count; ++i) {
        peers[i] = s.connect();
        // Each was used once, with a large message, and is idle since.
        if (i % 100 == 0) {
            ASSERT_TRUE(echoes(peers[i], std::string(30000, 'x')));
        }
    }
    ASSERT_TRUE(wait_until([&] { return s.server.connections() == count; }));
    ASSERT_TRUE(echoes(peers[0]) && echoes(peers[1]));
    if (!sanitized) {
        EXPECT_LT((resident_bytes() - before) / count, 4096u);
    }
}

// At most LEFT fds may be opened while it lives.
class few_fds {
public:
    explicit few_fds(size_t left)
    {
        getrlimit(RLIMIT_NOFILE, &_before);
        int highest = 0;
        {
            std::vector<unique_fd> taken;
            for (size_t i = 0; i < left; ++i) {
                taken.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
                highest = std::max(highest, taken.back().get());
            }
        }
        rlimit few = _before;
        few.rlim_cur = static_cast<rlim_t>(highest) + 1;
        setrlimit(RLIMIT_NOFILE, &few);
    }
    ~few_fds() { setrlimit(RLIMIT_NOFILE, &_before); }

private:
    rlimit _before{};
};

bool connect_fd(int fd, uint16_t port)
{
    const sockaddr_in name = loopback(port).to_sockaddr();
    return connect(fd, reinterpret_cast<const sockaddr *>(&name), sizeof name) == 0;
}

// UBSan needs an fd whenever it first meets a class: let it see them before.
void warm_up(running_server &s)
{
    {
        wire_peer peer = s.connect();
        EXPECT_TRUE(echoes(peer));
    }
    EXPECT_TRUE(wait_until([&] { return s.server.connections() == 0; }));
}

// True if FD's connection was ended by the server.
bool is_ended(int fd)
{
    char byte;
    const ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN);
}

TEST(TcpServerLife, Trap_R2_OutOfFdsItTurnsClientsAwayAndRecovers)
{
    running_server s;
    s.start();
    // The clients' own sockets exist before fds run short.
    std::vector<unique_fd> clients;
    for (int i = 0; i < 40; ++i)
        clients.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    std::vector<unique_fd> later;
    for (int i = 0; i < 3; ++i)
        later.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    warm_up(s);
    few_fds limit(20);
    for (const unique_fd &client : clients)
        ASSERT_TRUE(connect_fd(client.get(), s.port));
    const auto ended = [&] {
        size_t count = 0;
        for (const unique_fd &client : clients)
            count += is_ended(client.get());
        return count;
    };
    ASSERT_TRUE(wait_until([&] { return ended() == 20; }));
    EXPECT_EQ(s.server.connections(), 20u);
    EXPECT_EQ(s.log.count("no fd is left"), 1u);

    // It neither spins: this timer's end is the only wake-up.
    std::atomic<uint64_t> woken{0};
    event_loop *loop = s.thread.loop();
    const auto count = [&] {
        loop->run_after(milliseconds(250),
                        [&, before = loop->wakeups()] { woken = loop->wakeups() - before; });
    };
    loop->add_task([&] { loop->run_after(milliseconds(20), count); });
    EXPECT_TRUE(wait_until([&] { return woken > 0; }));
    EXPECT_EQ(woken, 1u);

    // nor forgets the port when fds return.
    for (unique_fd &client : clients)
        client.reset();
    ASSERT_TRUE(wait_until([&] { return s.server.connections() == 0; }));
    for (const unique_fd &client : later) {
        ASSERT_TRUE(connect_fd(client.get(), s.port));
        put(client.get(), encode_frame(1, "back"));
        char answer[12];
        ASSERT_EQ(recv(client.get(), answer, sizeof answer, MSG_WAITALL), 12);
    }
    EXPECT_EQ(s.log.count("fds are free again"), 1u);
}

TEST(TcpServerLife, Trap_R2_WavesOfClientsAtTheEdgeDoNotFloodTheLog)
{
    running_server s;
    s.start();
    std::vector<unique_fd> clients;
    for (int i = 0; i < 120; ++i)
        clients.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    warm_up(s);
    few_fds limit(1);
    const auto begin = event_loop::clock::now();
    for (size_t i = 0; i + 1 < clients.size(); i += 2) {
        ASSERT_TRUE(connect_fd(clients[i].get(), s.port));
        ASSERT_TRUE(wait_until([&] { return s.server.connections() == 1; }));
        ASSERT_TRUE(connect_fd(clients[i + 1].get(), s.port));
        ASSERT_TRUE(wait_until([&] { return is_ended(clients[i + 1].get()); }));
        shutdown(clients[i].get(), SHUT_RDWR);
        ASSERT_TRUE(wait_until([&] { return s.server.connections() == 0; }));
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(event_loop::clock::now() - begin).count();
    EXPECT_LE(s.log.count("fd"), 2u * (static_cast<size_t>(seconds) + 2));
}

TEST(TcpServerLife, Trap_R21_AThreadThatCannotStartIsAnError)
{
    EXPECT_EXIT(
        {
            // As another user, since no limit holds for root.
            const bool other_user = getuid() != 0 || setresuid(54321, 54321, 54321) == 0;
            rlimit none{};
            setrlimit(RLIMIT_NPROC, &none);
            event_loop loop(no_log());
            tcp_server_options options;
            options.threads = 2;
            tcp_server server(&loop, options);
            const bool bound = server.bind(loopback()).ok();
            const status started = server.start();
            const bool told = started.message().find("thread") != std::string::npos;
            _exit(other_user && bound && !started.ok() && told ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

TEST(TcpServerLife, Trap_R6_AConnectionClosedByAnotherOnesCallbackIsNotServed)
{
    running_server s;
    std::vector<net_connection *> conns;
    int handled = 0;
    s.server.set_conn_start([&](net_connection &conn) { conns.push_back(&conn); });
    ASSERT_TRUE(s.server
                    .add_msg_router(2,
                                    [&](const char *, uint32_t, int, net_connection &conn) {
                                        ++handled;
                                        conns[conns[0] == &conn ? 1 : 0]->close();
                                    })
                    .ok());
    s.start();
    wire_peer peers[2] = {s.connect(), s.connect()};
    ASSERT_TRUE(echoes(peers[0]) && echoes(peers[1]));
    // The loop finds both frames at once.
    std::promise<void> release;
    s.thread.loop()->add_task([&] { release.get_future().wait(); });
    ASSERT_TRUE(peers[0].send_frame(2, "close the other"));
    ASSERT_TRUE(peers[1].send_frame(2, "close the other"));
    release.set_value();
    ASSERT_TRUE(wait_until([&] { return s.server.connections() == 1; }));
    wire_peer fresh = s.connect();
    EXPECT_TRUE(echoes(fresh));
    EXPECT_EQ(in_loop(s.thread.loop(), [&] { return handled; }), 1);
    EXPECT_EQ(echoes(peers[0]) + echoes(peers[1]), 1);
}

TEST(TcpServerLife, HooksRunOnceForEachConnectionAndIdsAreNotReused)
{
    running_server s;
    std::mutex mutex;
    std::vector<uint64_t> started;
    std::vector<uint64_t> closed;
    s.server.set_conn_start([&](net_connection &conn) {
        std::lock_guard<std::mutex> lock(mutex);
        conn.param = conn.id();
        started.push_back(conn.id());
    });
    s.server.set_conn_close([&](net_connection &conn) {
        std::lock_guard<std::mutex> lock(mutex);
        EXPECT_EQ(std::any_cast<uint64_t>(conn.param), conn.id());
        EXPECT_EQ(conn.send_message("x", 1, 1), send_result::closed);
        closed.push_back(conn.id());
    });
    s.start();
    for (int i = 0; i < 20; ++i) {
        wire_peer peer = s.connect();
        ASSERT_TRUE(echoes(peer));
    }
    ASSERT_TRUE(wait_until([&] { return s.server.connections() == 0; }));
    std::lock_guard<std::mutex> lock(mutex);
    EXPECT_EQ(started, closed);
    std::sort(started.begin(), started.end());
    EXPECT_EQ(std::unique(started.begin(), started.end()), started.end());
    EXPECT_EQ(started.size(), 20u);
}

TEST(TcpServerLife, CloseInTheStartHookTurnsTheClientAway)
{
    running_server s;
    s.server.set_conn_start([](net_connection &conn) { conn.close(); });
    s.start();
    EXPECT_TRUE(s.connect().wait_eof());
    ASSERT_TRUE(wait_until([&] { return s.server.connections() == 0; }));
}

}  // namespace
}  // namespace lars
