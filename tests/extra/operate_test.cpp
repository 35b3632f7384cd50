// docs/operate.md: what it says to type does what it says.
#include <gtest/gtest.h>

#include <regex>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

std::string page()
{
    return read_text(source_path("docs/operate.md"));
}

class Operate : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        const run_result got =
            run(source_path("run_lars"), {"deps", "mariadb-client"}, {}, std::chrono::minutes(5));
        ASSERT_EQ(got.exit_status, 0) << got.output;
    }
    void SetUp() override
    {
        const status started = _server.start();
        ASSERT_TRUE(started) << started.message();
        std::string accounts = page();
        const size_t from = accounts.find("\n```sql\n") + 8;
        accounts = accounts.substr(from, accounts.find("```", from) - from);
        // Everything is on this machine here.
        accounts = std::regex_replace(accounts, std::regex("dns\\.example"), "127.0.0.1");
        accounts = std::regex_replace(accounts, std::regex("'\\.\\.\\.'"), "'secret'");
        accounts = std::regex_replace(accounts, std::regex("/usr/share/lars/sql"),
                                      source_path("base/sql"));
        const std::string file = _folder.write("accounts.sql", accounts);
        ASSERT_EQ(shell("mariadb < " + file), "");
    }

    // A line of the page, with our server for those who type it on its machine.
    std::string shell(std::string line)
    {
        const db_options admin = _server.admin();
        const std::string options = " --no-defaults --socket=" + admin.socket +
                                    " --user=" + admin.user + " --password='" + admin.password +
                                    "'";
        line = std::regex_replace(line, std::regex("^(mariadb(-dump)?)"), "$1" + options);
        process_options here;
        here.folder = _folder.path();
        const run_result done = run("/bin/bash", {"-c", line}, here);
        EXPECT_EQ(done.exit_status, 0) << line << "\n" << done.output;
        return done.output;
    }
    // Such a line, which begins with TEXT.
    std::string line_of_page(const std::string &text)
    {
        const std::string all = page();
        const size_t from = all.find("\n    " + text);
        EXPECT_NE(from, std::string::npos) << text;
        return all.substr(from + 5, all.find('\n', from + 1) - from - 5);
    }
    db_options account(const std::string &user)
    {
        db_options options;
        options.port = _server.port();
        options.user = user;
        options.password = "secret";
        return options;
    }
    run_result route(std::vector<std::string> words)
    {
        running_service tool("lars_dns");
        tool.use_database(account("lars_route"));
        words.insert(words.begin(), {"-c", tool.write_config()});
        return run(bin_path("lars_route"), words);
    }
    // As if everything so far had been some while ago: versions are times in seconds.
    void grow_older(int seconds)
    {
        const std::string older = " SET version = version - " + std::to_string(seconds);
        shell("mariadb lars_dns -e 'UPDATE RouteVersion" + older + "; UPDATE RouteChange" + older +
              "'");
    }
    static std::string ask(running_service &dns, int modid, int cmdid)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(dns.port()));
        EXPECT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(modid, cmdid)));
        return route_text(peer.receive_frame());
    }

    temp_dir _folder;
    database_server _server;
};

TEST_F(Operate, TheAccountsAreEnoughForEachProgram)
{
    EXPECT_EQ(route({"add", "5", "1", "10.0.0.1:80"}).exit_status, 0);
    dns_service dns(account("lars_dns"));
    ASSERT_TRUE(dns.start());
    EXPECT_EQ(ask(dns, 5, 1), "5,1: 10.0.0.1:80");
    EXPECT_EQ(route({"add", "5", "1", "10.0.0.2:80"}).exit_status, 0);
    EXPECT_TRUE(wait_until([&] { return ask(dns, 5, 1) == "5,1: 10.0.0.1:80 10.0.0.2:80"; }));

    reporter_service reporter(account("lars_reporter"));
    ASSERT_TRUE(reporter.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(reporter.port()));
    ASSERT_TRUE(peer.send_frame(ID_ReportStatusRequest, status_message(5, 1, 1, 7)));
    EXPECT_TRUE(wait_until([&] {
        return shell("mariadb -N lars_dns -e 'SELECT COUNT(*) FROM ServerCallStatus'") == "1\n";
    }));
    for (running_service *service :
         {static_cast<running_service *>(&dns), static_cast<running_service *>(&reporter)})
        EXPECT_EQ(service->process().output().find("ERROR"), std::string::npos)
            << service->process().output();
}

TEST_F(Operate, ARestoreTakesNoRouteAway)
{
    EXPECT_EQ(route({"add", "5", "1", "10.0.0.1:80"}).exit_status, 0);
    grow_older(2000);
    shell(line_of_page("mariadb-dump "));
    EXPECT_EQ(route({"add", "6", "1", "10.0.0.2:80"}).exit_status, 0);
    grow_older(1000);
    dns_service dns(account("lars_dns"));
    dns.set("dns", "reload_interval", "1");
    ASSERT_TRUE(dns.start());
    ASSERT_EQ(ask(dns, 6, 1), "6,1: 10.0.0.2:80");

    shell(line_of_page("mariadb lars_dns < routes.sql"));
    EXPECT_TRUE(dns.process().wait_for_output("is not believed")) << dns.process().output();
    EXPECT_EQ(ask(dns, 6, 1), "6,1: 10.0.0.2:80");
    EXPECT_EQ(ask(dns, 5, 1), "5,1: 10.0.0.1:80");
    EXPECT_EQ(route({"accept"}).exit_status, 0);
    EXPECT_TRUE(wait_until([&] { return ask(dns, 6, 1) == "6,1:"; })) << dns.process().output();
    EXPECT_EQ(ask(dns, 5, 1), "5,1: 10.0.0.1:80");
}

TEST_F(Operate, ThePortsOfTheFirewallAreThoseOfTheConfigurations)
{
    const std::string all = page();
    for (const auto &[conf, keys] : std::vector<std::pair<const char *, std::vector<const char *>>>{
             {"lars_dns/conf/lars_dns.conf", {"TCP 7778", "9778 (dns)"}},
             {"lars_reporter/conf/lars_reporter.conf", {"TCP 7779", "9779 (reporter)"}},
             {"lars_loadbalance_agent/conf/lars_lb_agent.conf", {"UDP 8888", "9888 (agent)"}},
             {"lars_web/conf/lars_web.conf", {"TCP 7780", "9780 (console)"}}}) {
        const std::string text = read_text(source_path(conf));
        for (const std::string key : keys) {
            std::smatch port;
            ASSERT_TRUE(std::regex_search(key, port, std::regex("[0-9]+")));
            EXPECT_NE(all.find(key), std::string::npos) << key;
            EXPECT_NE(text.find("\nport = " + port.str() + "\n"), std::string::npos) << key;
        }
    }
}

}  // namespace
}  // namespace lars
