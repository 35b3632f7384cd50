// docs/operate.md: what it says to type does what it says.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
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
        start(_server);
        // As the packages install them, and below our folder instead of /.
        std::filesystem::create_directories(_folder.file("bin"));
        std::filesystem::create_directories(_folder.file("etc/lars"));
        std::filesystem::copy_file(bin_path("lars_route"), _folder.file("bin/lars_route"));
        for (const std::string name : {"dns", "reporter", "web"}) {
            const std::string conf = "lars_" + name + "/conf/lars_" + name + ".conf";
            const run_result installed =
                run(source_path("base/deb/conf.sh"), {source_path(conf)});
            ASSERT_EQ(installed.exit_status, 0) << installed.output;
            write_text(_folder.file("etc/lars/lars_" + name + ".conf"),
                       here(installed.output));
        }
        // Nobody is at the port where a hint goes.
        edit("lars_dns.conf", "port = 7778", "port = 1");
        for (const char *name : {"dns", "reporter", "web", "route"})
            shell("echo secret |" +
                  std::regex_replace(line_of_page("install [^\n]*lars_" + std::string(name) +
                                                  "\\.passwd"),
                                     std::regex("-g [a-z-]+"), ""));
        shell(line_of_page("for name in dns"));
        use(_server);
    }

    void edit(const std::string &conf, const std::string &what, const std::string &with)
    {
        const std::string path = _folder.file("etc/lars/" + conf);
        write_text(path, std::regex_replace(read_text(path), std::regex(what), with));
    }
    // Where the tools find the database from now on.
    void use(const database_server &server)
    {
        edit("lars_dns.conf", "db_port = [0-9]+", "db_port = " + std::to_string(server.port()));
        shell(line_of_page("sed [^\n]*lars_route\\.conf"));
    }
    // With the tables and accounts that the page makes.
    void start(database_server &server)
    {
        const status started = server.start();
        ASSERT_TRUE(started) << started.message();
        std::string accounts = page();
        const size_t from = accounts.find("\n```sql\n") + 8;
        accounts = accounts.substr(from, accounts.find("```", from) - from);
        accounts = std::regex_replace(accounts, std::regex("'\\.\\.\\.'"), "'secret'");
        const std::string file = _folder.write("accounts.sql", here(accounts));
        ASSERT_EQ(shell("mariadb < " + file, server), "");
    }

    // TEXT with our folders instead of the system's.
    std::string here(std::string text) const
    {
        text = std::regex_replace(
            text, std::regex("/(etc/lars|var/lib/lars/dns|root/routes\\.csv)"),
            _folder.path() + "/$1");
        return std::regex_replace(text, std::regex("/usr/share/lars/sql"), source_path("base/sql"));
    }
    // A line of the page, with SERVER for those who type it on its machine.
    std::string shell(std::string line, const database_server &server)
    {
        const db_options admin = server.admin();
        const std::string options = " --no-defaults --socket=" + admin.socket +
                                    " --user=" + admin.user + " --password='" + admin.password +
                                    "'";
        line = std::regex_replace(here(line), std::regex("^(mariadb(-dump)?)"), "$1" + options);
        process_options there;
        there.folder = _folder.path();
        there.environment = {"PATH=" + _folder.file("bin") + ":" + std::getenv("PATH")};
        const run_result done = run("/bin/bash", {"-c", line}, there);
        EXPECT_EQ(done.exit_status, 0) << line << "\n" << done.output;
        return done.output;
    }
    std::string shell(const std::string &line) { return shell(line, _server); }
    // The first line to type that begins with what TEXT, a pattern, says.
    static std::string line_of_page(const std::string &text)
    {
        const std::string all = page();
        std::smatch found;
        EXPECT_TRUE(std::regex_search(all, found, std::regex("\n    (" + text + "[^\n]*)")))
            << text;
        return found[1];
    }
    // The lines from the first that begins with TEXT to an empty one.
    static std::string lines_of_page(const std::string &text)
    {
        const std::string all = page();
        const size_t from = all.find("\n    " + text);
        EXPECT_NE(from, std::string::npos) << text;
        return std::regex_replace(all.substr(from, all.find("\n\n", from) - from),
                                  std::regex("\n    "), "\n");
    }
    db_options account(const std::string &user)
    {
        db_options options;
        options.port = _server.port();
        options.user = user;
        options.password = "secret";
        return options;
    }
    // lars_route finds its configuration, and with that its account, by itself.
    run_result route(const std::vector<std::string> &words)
    {
        return run(_folder.file("bin/lars_route"), words);
    }
    // As if everything so far had been some while ago: versions are times in seconds.
    void grow_older(int seconds)
    {
        const std::string older = " SET version = version - " + std::to_string(seconds);
        shell("mariadb lars_dns -e 'UPDATE RouteVersion" + older + "; UPDATE RouteChange" + older +
              "'");
    }
    // All rows of the tables that cannot be made again.
    std::string rows(const database_server &server)
    {
        std::string statements;
        for (const char *table : {"RouteData", "RouteVersion", "RouteChange", "RouteAudit",
                                  "ModIDConfig", "CmdIDConfig"})
            statements += std::string("SELECT * FROM ") + table + " ORDER BY id; ";
        return shell("mariadb -N lars_dns -e '" + statements + "'", server);
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
    const std::string first = line_of_page("lars_route add ");
    EXPECT_EQ(shell(first), "10.0.0.1:80 added to 5 1\n10.0.0.2:80 added to 5 1\n");
    dns_service dns(account("lars_dns"));
    ASSERT_TRUE(dns.start());
    EXPECT_EQ(ask(dns, 5, 1), "5,1: 10.0.0.1:80 10.0.0.2:80");
    EXPECT_EQ(route({"del", "5", "1", "10.0.0.2:80"}).exit_status, 0);
    EXPECT_TRUE(wait_until([&] { return ask(dns, 5, 1) == "5,1: 10.0.0.1:80"; }));
    EXPECT_EQ(shell("mariadb -N lars_dns -e 'SELECT COUNT(*) FROM RouteAudit'"), "2\n");

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

TEST_F(Operate, TheToolHasAnAccountOfItsOwn)
{
    const std::string checked = shell(line_of_page("lars_route check"));
    EXPECT_EQ(checked.find("lars_route@"), 0u) << checked;
    // Without its file it has that of the dns, who may not write.
    std::filesystem::remove(_folder.file("etc/lars/lars_route.conf"));
    EXPECT_EQ(shell("lars_route check").find("lars_dns@"), 0u);
    const run_result denied = route({"add", "5", "1", "10.0.0.1:80"});
    EXPECT_EQ(denied.exit_status, 1);
    EXPECT_NE(denied.output.find("lars_dns"), std::string::npos) << denied.output;
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

TEST_F(Operate, ABackupComesToANewServerWithAllThatPeopleMade)
{
    EXPECT_EQ(route({"add", "5", "1", "10.0.0.1:80", "10.0.0.2:80@50"}).exit_status, 0);
    shell("mariadb lars_dns -e \"INSERT INTO ModIDConfig (modid, content) VALUES (5, 'shop');"
          " INSERT INTO CmdIDConfig (cmdid, content) VALUES (1, 'buy')\"");
    shell(line_of_page("mariadb-dump "));
    const std::string before = rows(_server);
    ASSERT_NE(before.find("shop"), std::string::npos) << before;

    database_server other;
    start(other);
    shell(line_of_page("mariadb lars_dns < routes.sql"), other);
    EXPECT_EQ(rows(other), before);
    ASSERT_TRUE(_server.stop());
    use(other);
    EXPECT_EQ(shell("lars_route add 6 1 10.0.0.3:80"), "10.0.0.3:80 added to 6 1\n");
}

// What does not change is in the file, what does in the journal.
TEST_F(Operate, ASnapshotAndItsJournalComeToANewServer)
{
    std::string rows_of_file = "modid,cmdid,host,port,weight\n";
    for (int module = 1; module <= 8000; ++module)
        for (const char *host : {"10.0.0.1,80,100", "10.0.0.2,80,7"})
            rows_of_file += std::to_string(module) + ",1," + host + "\n";
    _folder.write("many.csv", rows_of_file);
    shell("lars_route import --yes many.csv >/dev/null");
    std::filesystem::create_directories(_folder.file("var/lib/lars/dns"));
    const std::string snapshot = _folder.file("var/lib/lars/dns/lars_dns.routes");
    {
        dns_service dns(account("lars_dns"));
        dns.set("dns", "snapshot", snapshot);
        ASSERT_TRUE(dns.start());
        ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(snapshot); }));
        for (const std::vector<std::string> &change : std::vector<std::vector<std::string>>{
                 {"add", "-1", "1", "10.0.0.9:80@3"},
                 {"del", "2", "1"},
                 {"drain", "4", "1", "10.0.0.1:80"},
                 {"weight", "3", "1", "10.0.0.1:80", "9"},
                 {"del", "3", "1", "10.0.0.2:80"}})
            EXPECT_EQ(route(change).exit_status, 0) << change[0];
        EXPECT_TRUE(wait_until([&] { return ask(dns, 3, 1) == "3,1: 10.0.0.1:80@9"; }))
            << ask(dns, 3, 1);
        EXPECT_EQ(dns.stop(), 0);
    }
    ASSERT_TRUE(std::filesystem::exists(snapshot + "-journal"));
    shell("mkdir root; lars_route export before.csv");

    database_server other;
    start(other);
    use(other);
    const std::string import = lines_of_page("cd /var/lib/lars/dns") + " --yes >/dev/null";
    EXPECT_EQ(shell(import), "");
    shell("lars_route export after.csv");
    const std::string drained = "4,1,10.0.0.1,80,0\n";
    std::string expected = read_text(_folder.file("before.csv"));
    ASSERT_NE(expected.find(drained), std::string::npos);
    expected.erase(expected.find(drained), drained.size());
    // Not shown where they differ: they are long.
    EXPECT_TRUE(read_text(_folder.file("after.csv")) == expected);

    // A journal that belongs to another file says nothing.
    write_text(snapshot, "lars-routes 2 1 1764158400 5f3d0a1b9c7e4422\n8 1 10.0.0.8:80\n");
    shell(import);
    EXPECT_EQ(shell("lars_route list"), "8 1 10.0.0.8:80\n");
}

TEST_F(Operate, AnUpgradeBringsWhatTheTablesLack)
{
    shell("mariadb lars_dns -e 'DROP TABLE RouteAudit; ALTER TABLE RouteData DROP weight'");
    shell(line_of_page("mariadb lars_dns < /usr/share/lars/sql/upgrade.sql"));
    EXPECT_EQ(shell("lars_route add 5 1 10.0.0.1:80@7 --note why"), "10.0.0.1:80 added to 5 1\n");
    EXPECT_EQ(shell("mariadb -N lars_dns -e 'SELECT note FROM RouteAudit'"), "why\n");
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
