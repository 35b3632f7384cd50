// The known limit of v0.8: how many threads serve is compiled in; no file can change it.
#include "testing.h"

#include <fstream>

#include "tcp_server.h"

TEST(Limit, AConfigurationFileChangesNothing)
{
    std::string conf = testing::TempDir() + "serv." + std::to_string(getpid()) + ".conf";
    std::ofstream(conf) << "[reactor]\nmaxConn = 5\nthreadNum = 1\n";
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        loop.event_process();
    });
    EXPECT_TRUE(server.has_threads(1 + 3));
    std::vector<kit::peer> clients;
    for (int i = 0; i < 10; i++) {
        clients.emplace_back(server.port);
        EXPECT_TRUE(clients.back().silent(10));
    }
    remove(conf.c_str());
}
