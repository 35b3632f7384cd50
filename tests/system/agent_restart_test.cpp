// An agent whose sockets systemd keeps while it restarts: that costs no call.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <atomic>
#include <cstring>
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

// The part of systemd that keeps descriptors.
class manager {
public:
    bool listen(const std::string &path)
    {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        path.copy(name.sun_path, sizeof name.sun_path - 1);
        _fd.reset(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        const timeval patience{5, 0};
        return bind(_fd.get(), reinterpret_cast<const sockaddr *>(&name), sizeof name) == 0 &&
               setsockopt(_fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0;
    }
    // The next message; *FD becomes the descriptor that came with it.
    std::string receive(unique_fd *fd)
    {
        char text[256];
        iovec body{text, sizeof text};
        alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))];
        msghdr message{};
        message.msg_iov = &body;
        message.msg_iovlen = 1;
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        const ssize_t size = recvmsg(_fd.get(), &message, MSG_CMSG_CLOEXEC);
        if (size < 0)
            return "nothing";
        if (const cmsghdr *head = CMSG_FIRSTHDR(&message)) {
            int got = -1;
            std::memcpy(&got, CMSG_DATA(head), sizeof got);
            fd->reset(got);
        }
        return std::string(text, static_cast<size_t>(size));
    }

private:
    unique_fd _fd;
};

class AgentRestart : public testing::Test {
protected:
    void SetUp() override
    {
        _database.load(source_path("base/sql/sample.sql"));
        ASSERT_TRUE(_dns.start());
        ASSERT_TRUE(_manager.listen(_folder.file("notify")));
        _agent.emplace(_dns.port(), _dns.port());
        use_port(free_port(3));
    }
    void use_port(uint16_t port)
    {
        _port = port;
        _agent->set("agent", "port", std::to_string(port));
    }

    // As systemd starts it, with what is kept as descriptors 3 to 5.
    void start(process &agent)
    {
        // What the test opens from now on gets higher numbers than these.
        const unique_fd fillers[] = {unique_fd(open("/dev/null", O_RDONLY | O_CLOEXEC)),
                                     unique_fd(open("/dev/null", O_RDONLY | O_CLOEXEC)),
                                     unique_fd(open("/dev/null", O_RDONLY | O_CLOEXEC))};
        std::string launch = "LISTEN_PID=$$ LISTEN_FDS=3 exec \"$0\" \"$@\""
                             " 3<&40 4<&41 5<&42 40<&- 41<&- 42<&-";
        std::vector<unique_fd> passed;
        for (int i = 0; i < 3; ++i)
            passed.emplace_back(dup2(_kept[i].get(), AT + i));
        if (!_kept[0].valid())
            launch = "exec \"$0\" \"$@\"";
        process_options options;
        options.ready_fd = true;
        options.environment = {"NOTIFY_SOCKET=" + _folder.file("notify")};
        ASSERT_TRUE(agent.start(
            "/bin/bash", {"-c", launch, bin_path("lars_lb_agent"), "-c", _agent->write_config()},
            options));
        ASSERT_EQ(agent.wait_ready().size(), 3u) << agent.output();
    }
    // Its three sockets are kept.
    void start_first()
    {
        start(_first);
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(_manager.receive(&_kept[i]),
                      "FDSTORE=1\nFDNAME=127.0.0.1-" + std::to_string(_port + i));
    }

    lars_client patient_client() const
    {
        lars_client client("127.0.0.1", _port);
        client.set_deadline(10000);
        return client;
    }

    database _database;
    dns_service _dns{_database.options()};
    std::optional<agent_service> _agent;
    uint16_t _port = 0;
    temp_dir _folder;
    manager _manager;
    unique_fd _kept[3];
    process _first;
    process _later[2];
};

TEST_F(AgentRestart, NoCallIsLostWhereTheSocketsAreKept)
{
    start_first();
    lars_client client = patient_client();
    std::string ip;
    int port = 0;
    ASSERT_TRUE(wait_until([&] { return client.get_host(1, 1, ip, port) == 0; }));

    std::atomic<bool> over{false};
    std::atomic<int> calls{0};
    std::atomic<int> failures{0};
    std::thread caller([&] {
        lars_client own = patient_client();
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
    EXPECT_EQ(_first.terminate(), 0);
    process second;
    start(second);
    EXPECT_TRUE(goes_on());
    over = true;
    caller.join();
    EXPECT_EQ(failures, 0) << "of " << calls;
    EXPECT_EQ(second.terminate(), 0);
}

// A program of the local path asks nothing meanwhile; what it needs to ask afterwards, for the
// new agent's table, waits in the sockets until that serves.
TEST_F(AgentRestart, LocalPathGoesOnWhereTheSocketsAreKept)
{
    _agent->set("agent", "local", _folder.file("agent.sock"));
    start_first();
    lars_client client = patient_client();
    std::string ip;
    int port = 0;
    ASSERT_TRUE(wait_until([&] {
        client.get_host(1, 1, ip, port);
        return client.is_local();
    })) << client.local_error();
    const auto goes_on_until = [&](auto happened) {
        return wait_until([&] {
            for (int i = 0; i < 10; ++i) {
                EXPECT_EQ(client.get_host(1, 1, ip, port), 0) << client.error();
                EXPECT_EQ(client.report(1, 1, ip, port, 0), 0) << client.error();
            }
            return happened();
        });
    };
    for (int time = 0; time < 2; ++time) {
        process &ended = time == 0 ? _first : _later[0];
        EXPECT_EQ(ended.terminate(), 0);
        EXPECT_TRUE(goes_on_until([&] { return client.stale() > milliseconds(100); }));
        EXPECT_TRUE(client.is_local());
        start(_later[time]);
        EXPECT_TRUE(goes_on_until([&] { return client.is_local() && client.stale().count() == 0; }))
            << client.local_error();
    }
    EXPECT_EQ(_later[1].terminate(), 0);
}

TEST_F(AgentRestart, SocketsOfAnotherConfigurationAreGivenUp)
{
    start_first();
    EXPECT_EQ(_first.terminate(), 0);
    const uint16_t before = _port;
    use_port(free_port(3));
    process second;
    start(second);
    unique_fd none;
    std::vector<std::string> told;
    for (int i = 0; i < 6; ++i)
        told.push_back(_manager.receive(&none));
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(std::count(told.begin(), told.end(),
                             "FDSTOREREMOVE=1\nFDNAME=127.0.0.1-" + std::to_string(before + i)),
                  1);
    lars_client client("127.0.0.1", _port);
    std::string ip;
    int port = 0;
    EXPECT_TRUE(wait_until([&] { return client.get_host(1, 1, ip, port) == 0; }));
    EXPECT_EQ(second.terminate(), 0);
}

}  // namespace
}  // namespace lars
