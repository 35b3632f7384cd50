// make install: what lies where, who may read it, and that it works from any folder.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "lars_client.h"
#include "paths.h"
#include "process.h"
#include "running_service.h"
#include "temp_dir.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

class Install : public testing::Test {
protected:
    // The variant under test.
    static bool install(std::vector<std::string> settings)
    {
        const char *san = std::getenv("SAN");
        settings.insert(settings.begin(), {"MAKEFLAGS=", "make", "-s", "-C", source_path(""),
                                           "install", "SAN=" + std::string(san ? san : "")});
        const run_result done = run("/usr/bin/env", settings, {}, milliseconds(120000));
        EXPECT_EQ(done.exit_status, 0) << done.output;
        return done.exit_status == 0;
    }
    static unsigned mode(const std::string &path)
    {
        return static_cast<unsigned>(fs::status(path).permissions()) & 07777;
    }
    // The value of the first such key.
    static std::string value(const std::string &file, const std::string &key)
    {
        const std::string text = read_text(file);
        const size_t at = text.find("\n" + key + " = ");
        const size_t start = at + key.size() + 4;
        return at == std::string::npos ? "" : text.substr(start, text.find('\n', start) - start);
    }
    // Other values than those that are installed.
    static void set(const std::string &file, const std::string &key, const std::string &to)
    {
        const std::string line = "\n" + key + " = ";
        std::string text = read_text(file);
        const size_t at = text.find(line + value(file, key) + "\n");
        ASSERT_NE(at, std::string::npos) << file << " " << key;
        text.replace(at, line.size() + value(file, key).size(), line + to);
        write_text(file, text);
    }

    temp_dir _folder;
};

TEST_F(Install, InstalledProgramsFindTheirConfigurationAndKeepYours)
{
    ASSERT_TRUE(install({"PREFIX=" + _folder.file("lars")}));
    for (const char *program : {"lars_dns", "lars_reporter", "lars_lb_agent", "lars_web"}) {
        const std::string conf = _folder.file("lars/etc/lars/") + program + ".conf";
        const run_result checked = run(_folder.file("lars/bin/") + program, {"-t"});
        EXPECT_EQ(checked.exit_status, 0) << checked.output;
        EXPECT_NE(checked.output.find(conf), std::string::npos) << checked.output;
    }
    const run_result played = run(_folder.file("lars/bin/lars_sim"),
                                  {_folder.file("lars/share/lars/scenarios/dead-for-5s.scenario")});
    EXPECT_EQ(played.exit_status, 0) << played.output;
    const std::string mine = _folder.file("lars/etc/lars/lars_dns.conf");
    write_text(mine, "mine\n");
    for (const auto &[program, argument] :
         {std::pair("lars_dns", "-t"), std::pair("lars_route", "list")}) {
        const run_result refused = run(_folder.file("lars/bin/") + program, {argument});
        EXPECT_EQ(refused.exit_status, 2) << refused.output;
        EXPECT_NE(refused.output.find(mine + ":1"), std::string::npos) << refused.output;
    }
    const std::string of_route = _folder.file("lars/etc/lars/lars_route.conf");
    write_text(of_route, "mine\n");
    const run_result refused = run(_folder.file("lars/bin/lars_route"), {"list"});
    EXPECT_EQ(refused.exit_status, 2) << refused.output;
    EXPECT_NE(refused.output.find(of_route + ":1"), std::string::npos) << refused.output;
    ASSERT_TRUE(install({"PREFIX=" + _folder.file("lars")}));
    EXPECT_EQ(read_text(mine), "mine\n");
}

TEST_F(Install, ConfigurationsNameTheStateFolderAndAreReadable)
{
    const std::string prefix = _folder.file("a b & c");
    ASSERT_TRUE(install({"PREFIX=" + prefix}));
    const std::string state = prefix + "/var/lib/lars";
    EXPECT_EQ(mode(state), 0750u);
    const std::string etc = prefix + "/etc/lars/";
    EXPECT_EQ(value(etc + "lars_dns.conf", "snapshot"), "\"" + state + "/lars_dns.routes\"");
    EXPECT_EQ(value(etc + "lars_dns.conf", "db_passwd_file"), "\"" + state + "/lars_db.passwd\"");
    EXPECT_EQ(value(etc + "lars_reporter.conf", "db_passwd_file"),
              "\"" + state + "/lars_db.passwd\"");
    EXPECT_EQ(value(etc + "lars_lb_agent.conf", "route_cache"),
              "\"" + state + "/lars_lb_agent.routes\"");
    EXPECT_EQ(value(etc + "lars_web.conf", "users"), "\"" + state + "/lars_web.users\"");
    EXPECT_EQ(value(etc + "lars_web.conf", "open_reading"), "no") << "others are on that machine";
    for (const char *program : {"lars_dns", "lars_reporter", "lars_lb_agent", "lars_web"}) {
        const std::string conf = etc + program + ".conf";
        EXPECT_EQ(mode(conf), 0644u);
        EXPECT_EQ(value(conf, "db_passwd"), "") << "everybody may read it";
        EXPECT_EQ(run(prefix + "/bin/" + program, {"-t"}).exit_status, 0);
    }
}

TEST_F(Install, WhoRunsTheServicesOwnsTheStateFolderAndCanReadTheRest)
{
    // Root can give it to somebody without a name; others have it themselves.
    const bool root = geteuid() == 0;
    const std::string user = root ? "54321" : std::to_string(geteuid());
    const std::string prefix = _folder.file("lars");
    // A root with a strict umask.
    const mode_t before = umask(077);
    const bool done = install({"PREFIX=" + prefix, "LARS_USER=" + user});
    umask(before);
    ASSERT_TRUE(done);
    struct stat state = {};
    ASSERT_EQ(stat((prefix + "/var/lib/lars").c_str(), &state), 0);
    EXPECT_EQ(std::to_string(state.st_uid), user);
    for (const auto &file : fs::recursive_directory_iterator(prefix)) {
        const bool private_one = file.path() == prefix + "/var/lib/lars";
        EXPECT_EQ(mode(file.path()) & 044, private_one ? 040u : 044u) << file.path();
    }
}

TEST_F(Install, APackageHasThePathsThatItWillHave)
{
    const std::string packed = _folder.file("a package");
    ASSERT_TRUE(install({"PREFIX=/usr", "DESTDIR=" + packed}));
    EXPECT_EQ(value(packed + "/usr/etc/lars/lars_dns.conf", "snapshot"),
              "/var/lib/lars/lars_dns.routes");
    EXPECT_TRUE(fs::is_directory(packed + "/var/lib/lars"));
    EXPECT_FALSE(fs::exists(packed + packed));
    ASSERT_TRUE(install({"PREFIX=/opt/lars", "DESTDIR=" + packed, "STATEDIR=/srv/lars"}));
    EXPECT_EQ(value(packed + "/opt/lars/etc/lars/lars_lb_agent.conf", "route_cache"),
              "/srv/lars/lars_lb_agent.routes");
    EXPECT_TRUE(fs::is_directory(packed + "/srv/lars"));
}

TEST_F(Install, ServicesKeepTheirCopiesWhateverFolderTheyAreStartedIn)
{
    const std::string prefix = _folder.file("lars");
    ASSERT_TRUE(install({"PREFIX=" + prefix}));
    database db;
    db.load(source_path("base/sql/sample.sql"));
    const db_options own = db.options();
    const std::string dns_conf = prefix + "/etc/lars/lars_dns.conf";
    const std::string agent_conf = prefix + "/etc/lars/lars_lb_agent.conf";
    set(dns_conf, "port", "0");
    set(dns_conf, "db_port", std::to_string(own.port));
    set(dns_conf, "db_user", own.user);
    set(dns_conf, "db_name", own.database);
    write_text(prefix + "/var/lib/lars/lars_db.passwd", own.password + "\n");

    process_options elsewhere;
    elsewhere.folder = "/";
    elsewhere.ready_fd = true;
    process dns;
    ASSERT_TRUE(dns.start(prefix + "/bin/lars_dns", {}, elsewhere));
    const auto at = dns.wait_ready();
    ASSERT_EQ(at.size(), 1u) << dns.output();
    EXPECT_EQ(run(prefix + "/bin/lars_route", {"list", "1", "1"}).output,
              "1 1 192.168.1.177:7777\n");

    std::string text = read_text(agent_conf);
    text.replace(text.find("port = 7778"), 11, "port = " + std::to_string(at[0].port));
    text.replace(text.find("port = 8888"), 11, "port = 0");
    write_text(agent_conf, text);
    process agent;
    ASSERT_TRUE(agent.start(prefix + "/bin/lars_lb_agent", {}, elsewhere));
    const auto ports = agent.wait_ready();
    ASSERT_EQ(ports.size(), 3u) << agent.output();
    lars_client client("127.0.0.1", ports[0].port);
    EXPECT_TRUE(wait_until([&] { return client.reg_init(1, 1) == lars_client::RET_SUCC; }));
    for (const char *copy : {"lars_dns.routes", "lars_lb_agent.routes"})
        EXPECT_TRUE(wait_until([&] { return fs::exists(prefix + "/var/lib/lars/" + copy); }))
            << copy;
    EXPECT_EQ(agent.terminate(), 0);
    EXPECT_EQ(dns.terminate(), 0);
}

}  // namespace
}  // namespace lars
