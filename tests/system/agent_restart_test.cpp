// An agent that is started with its sockets, as a systemd unit with a .socket does it: a restart
// costs no call.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "free_port.h"
#include "lars_client.h"
#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "unique_fd.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

constexpr int AT = 40;  // where the launcher finds the sockets

// A bound UDP socket that programs which are started get as descriptor NUMBER.
unique_fd bound_socket(uint16_t port, int number)
{
    const unique_fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const sockaddr_in name = endpoint{INADDR_LOOPBACK, port}.to_sockaddr();
    if (bind(fd.get(), reinterpret_cast<const sockaddr *>(&name), sizeof name) != 0)
        return unique_fd();
    return unique_fd(dup2(fd.get(), number));
}

class AgentRestart : public testing::Test {
protected:
    void SetUp() override
    {
        _database.load(source_path("base/sql/sample.sql"));
        ASSERT_TRUE(_dns.start());
        _port = free_port(3);
        _agent.emplace(_dns.port(), _dns.port());
        for (int i = 0; i < 3; ++i) {
            _sockets[i] = bound_socket(static_cast<uint16_t>(_port + i), AT + i);
            ASSERT_TRUE(_sockets[i].valid());
        }
    }

    // As systemd starts it, with the three sockets as descriptors 3 to 5.
    void start(process &agent)
    {
        // What comes later gets higher numbers than the sockets that the agent finds.
        const unique_fd fillers[] = {unique_fd(open("/dev/null", O_RDONLY | O_CLOEXEC)),
                                     unique_fd(open("/dev/null", O_RDONLY | O_CLOEXEC)),
                                     unique_fd(open("/dev/null", O_RDONLY | O_CLOEXEC))};
        process_options options;
        options.ready_fd = true;
        ASSERT_TRUE(agent.start(
            "/bin/bash",
            {"-c",
             "LISTEN_PID=$$ LISTEN_FDS=3 exec \"$0\" \"$@\" 3<&40 4<&41 5<&42 40<&- 41<&- 42<&-",
             bin_path("lars_lb_agent"), "-c", _agent->write_config()},
            options));
        ASSERT_EQ(agent.wait_ready().size(), 3u) << agent.output();
    }

    database _database;
    dns_service _dns{_database.options()};
    std::optional<agent_service> _agent;
    uint16_t _port = 0;
    unique_fd _sockets[3];
};

TEST_F(AgentRestart, NoCallIsLostWhereTheSocketsStay)
{
    _agent->set("agent", "port", std::to_string(_port));
    process first;
    start(first);
    lars_client client("127.0.0.1", _port);
    client.set_deadline(10000);
    std::string ip;
    int port = 0;
    ASSERT_TRUE(wait_until([&] { return client.get_host(1, 1, ip, port) == 0; }));

    std::atomic<bool> over{false};
    std::atomic<int> calls{0};
    std::atomic<int> failures{0};
    std::thread caller([&] {
        lars_client own("127.0.0.1", _port);
        own.set_deadline(10000);
        while (!over) {
            std::string its_ip;
            int its_port = 0;
            failures += own.get_host(1, 1, its_ip, its_port) == 0 ? 0 : 1;
            ++calls;
        }
    });
    const auto goes_on = [&] {
        const int before = calls;
        return wait_until([&] { return calls > before + 100; });
    };
    EXPECT_TRUE(goes_on());
    EXPECT_EQ(first.terminate(), 0);
    process second;
    start(second);
    EXPECT_TRUE(goes_on());
    over = true;
    caller.join();
    EXPECT_EQ(failures, 0) << "of " << calls;
    EXPECT_EQ(second.terminate(), 0);
}

TEST_F(AgentRestart, SocketsThatTheConfigurationDoesNotNameAreTold)
{
    const uint16_t other = free_port(3);
    _agent->set("agent", "port", std::to_string(other));
    process agent;
    start(agent);
    EXPECT_TRUE(
        agent.wait_for_output("started with a socket at 127.0.0.1:" + std::to_string(_port + 2)));
    lars_client client("127.0.0.1", other);
    std::string ip;
    int port = 0;
    EXPECT_TRUE(wait_until([&] { return client.get_host(1, 1, ip, port) == 0; }));
    EXPECT_EQ(agent.terminate(), 0);
}

}  // namespace
}  // namespace lars
