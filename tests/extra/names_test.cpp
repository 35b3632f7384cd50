// All services know each other and the database by names, which the system's own resolver
// looks up in a file of the test's: /etc/hosts as these processes see it. Needs to be root, or
// user namespaces.
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "database.h"
#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

class Names : public testing::Test {
protected:
    void SetUp() override
    {
        _folder.write("nsswitch.conf", "hosts: files\n");
        _folder.write("host.conf", "multi on\n");
        set_names({{"127.0.0.77", "dns.test"},
                   {"127.0.0.1", "dns.test"},
                   {"127.0.0.77", "database.test"},
                   {"127.0.0.1", "database.test"}});
        _database.load(source_path("base/sql/sample.sql"));
        _dns.emplace(by_name());
        _reporter.emplace(by_name());
        start(*_dns);
        start(*_reporter);
        _agent.emplace(_dns->port(), _reporter->port());
        _agent->set("dnsserver", "ip", "dns.test");
        _agent->set("reporter", "ip", "reporter.test");
        _agent->set("loadbalance", "update_timeout", "1");
        start(*_agent);
    }

    // The file stays the same one, which is mounted.
    void set_names(const std::vector<std::pair<std::string, std::string>> &names)
    {
        std::string text;
        for (const auto &[address, name] : names)
            text += address + " " + name + "\n";
        _folder.write("hosts", text);
    }
    db_options by_name() const
    {
        db_options options = _database.options();
        options.servers = {{"gone.test", options.port}, {"database.test", options.port}};
        return options;
    }
    void start(running_service &service)
    {
        const std::string mount = "for f in hosts host.conf nsswitch.conf; do"
                                  " mount --bind \"$0/$f\" /etc/$f || exit 9; done; exec \"$@\"";
        service.set_runner({"/usr/bin/unshare", geteuid() == 0 ? "-m" : "-rm", "/bin/sh", "-c",
                            mount, _folder.path()});
        ASSERT_TRUE(service.start());
    }
    bool get_host_says(int modid, const std::string &expected)
    {
        return wait_until([&] {
            return run(bin_path("lars_get_host"), {std::to_string(modid), "1", "--port",
                                                   std::to_string(_agent->port())})
                       .output == expected;
        });
    }

    temp_dir _folder;
    database _database;
    std::optional<dns_service> _dns;
    std::optional<reporter_service> _reporter;
    std::optional<agent_service> _agent;
};

TEST_F(Names, EveryAddressOfANameIsTriedAndOneWithoutAnyIsToldOnce)
{
    EXPECT_TRUE(get_host_says(1, "host is 192.168.1.177:7777\n")) << _agent->process().output();
    EXPECT_TRUE(_agent->process().wait_for_output("dns: connected to 127.0.0.1:"));
    EXPECT_TRUE(
        _agent->process().wait_for_output("reporter: no address is known for reporter.test: "));

    // It has one now.
    set_names({{"127.0.0.1", "reporter.test"}, {"127.0.0.1", "database.test"}});
    EXPECT_TRUE(_agent->process().wait_for_output("reporter.test has an address again"));
    EXPECT_EQ(run(bin_path("lars_report"), {"1", "1", "192.168.1.177", "7777", "0", "--port",
                                            std::to_string(_agent->port())})
                  .exit_status,
              0);
    EXPECT_TRUE(wait_until(
        [&] { return _database.value("SELECT SUM(succ_cnt) FROM ServerCallStatus") == "1"; }));
    const std::string log = _agent->process().output();
    const std::string unknown = "no address is known for reporter.test";
    EXPECT_EQ(log.find(unknown), log.rfind(unknown)) << log;
}

TEST_F(Names, ANameThatMovesIsFollowedAtTheNextConnection)
{
    EXPECT_TRUE(get_host_says(1, "host is 192.168.1.177:7777\n"));
    dns_service other(by_name());
    other.set("reactor", "ip", "127.0.0.78");
    other.set("reactor", "port", std::to_string(_dns->port()));
    start(other);
    set_names({{"127.0.0.78", "dns.test"}, {"127.0.0.1", "database.test"}});
    EXPECT_EQ(_dns->stop(), 0);
    EXPECT_TRUE(_agent->process().wait_for_output("dns: connected to 127.0.0.78:"))
        << _agent->process().output();
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (8, 1, "
                   "167772161, 80)");
    EXPECT_TRUE(get_host_says(8, "host is 10.0.0.1:80\n"));
    EXPECT_EQ(_agent->stop(), 0);
}

}  // namespace
}  // namespace lars
