// An agent with a local path, as a process: programs choose from its table and count in their
// pages, and dns and reporter, which the test plays, see what comes of it.
#pragma once

#include <filesystem>
#include <map>
#include <sstream>
#include <system_error>

#include "agent_fixture.h"
#include "free_port.h"
#include "lars_client.h"

namespace lars::test {

class LocalPath : public Agent {
protected:
    void SetUp() override
    {
        Agent::SetUp();
        _agent->set("agent", "port", std::to_string(_port));
        _agent->set("agent", "local", socket_path());
        _agent->set("agent", "route_cache", _agent->folder().file("routes"));
        _agent->set("loadbalance", "policy", "adaptive");
        _agent->set("loadbalance", "report_interval", "1");
        prepare();
        begin();
        learn(1, 1, {"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"});
    }
    // What a test sets otherwise.
    virtual void prepare() {}
    // Starts the agent, for the first time or again.
    void begin()
    {
        _dns.close();
        _reporter.close();
        start();
        auto reporter = _reporter_listener.accept();
        ASSERT_TRUE(reporter);
        _reporter = std::move(*reporter);
    }
    std::string socket_path() const { return _agent->folder().file("agent.sock"); }

    lars_client client() const { return lars_client("127.0.0.1", _port); }
    // Until the module is chosen by the local path.
    static bool becomes_local(lars_client &client, int modid = 1, int cmdid = 1)
    {
        return wait_until([&] {
            std::string ip;
            int port = 0;
            client.get_host(modid, cmdid, ip, port);
            return client.is_local();
        });
    }
    // A call that ends so.
    static std::string call(lars_client &client, int retcode, int modid = 1)
    {
        std::string ip;
        int port = 0;
        EXPECT_EQ(client.get_host(modid, 1, ip, port), lars_client::RET_SUCC) << client.error();
        EXPECT_EQ(client.report(modid, 1, ip, port, retcode), lars_client::RET_SUCC);
        return ip;
    }
    static bool is_chosen(lars_client &client, const std::string &wanted, int choices)
    {
        for (int i = 0; i < choices; ++i) {
            std::string ip;
            int port = 0;
            client.get_host(1, 1, ip, port);
            if (ip == wanted)
                return true;
        }
        return false;
    }

    // What the reporter was told of a module, until it knows of so many calls; and that it is
    // not more.
    struct sums {
        uint64_t succ = 0;
        uint64_t err = 0;
    };
    std::map<std::string, sums> reported(uint64_t calls, int modid = 1)
    {
        std::map<std::string, sums> all;
        for (uint64_t known = 0; known < calls;) {
            const auto frame = _reporter.receive_frame();
            ReportStatusRequest body;
            if (!frame || !body.ParseFromString(frame->body)) {
                ADD_FAILURE() << "the reporter knows of " << known << " of " << calls << " calls";
                break;
            }
            if (body.modid() != modid)
                continue;
            for (const HostCallResult &of : body.results()) {
                sums &host = all[ip_text(of.ip())];
                host.succ += of.succ();
                host.err += of.err();
                known += of.succ() + of.err();
            }
            EXPECT_LE(known, calls);
        }
        return all;
    }
    // The calls in the next sums that the reporter is told, of whatever module; nothing if none
    // come.
    std::optional<uint64_t> reported_next()
    {
        const auto frame = _reporter.receive_frame();
        ReportStatusRequest body;
        if (!frame || !body.ParseFromString(frame->body))
            return std::nullopt;
        uint64_t known = 0;
        for (const HostCallResult &of : body.results())
            known += of.succ() + of.err();
        return known;
    }
    // After the agent has ended: all calls of which it had told the reporter, and not been asked
    // for yet.
    uint64_t reported_until_the_end()
    {
        uint64_t known = 0;
        while (const auto more = reported_next())
            known += *more;
        return known;
    }
    static std::string ip_text(int32_t ip)
    {
        const auto bits = static_cast<uint32_t>(ip);
        return std::to_string(bits >> 24) + "." + std::to_string(bits >> 16 & 255) + "." +
               std::to_string(bits >> 8 & 255) + "." + std::to_string(bits & 255);
    }

    const int _port = free_port(3);
    wire_peer _reporter;
};

// How many descriptors the process has of the kinds that a client costs it: sockets, and memory
// that is shared. It opens files now and then.
inline size_t descriptors_of(pid_t process)
{
    size_t open = 0;
    std::error_code ended;
    const std::string folder = "/proc/" + std::to_string(process) + "/fd";
    for (const auto &entry : std::filesystem::directory_iterator(folder, ended)) {
        std::error_code closed;
        const std::string what = std::filesystem::read_symlink(entry.path(), closed).string();
        open += what.compare(0, 7, "socket:") == 0 || what.compare(0, 7, "/memfd:") == 0;
    }
    return open;
}

// What the process holds in memory, its sanitizer's shadow included.
inline size_t kilobytes_of(pid_t process)
{
    std::istringstream lines(read_text("/proc/" + std::to_string(process) + "/status"));
    std::string word;
    size_t kilobytes = 0;
    while (lines >> word) {
        if (word == "VmRSS:")
            lines >> kilobytes;
    }
    return kilobytes;
}

}  // namespace lars::test
