// run_lars and the database: who gets in, with which password, on which port, over TLS.
#include "certificates.h"
#include "run_lars_fixture.h"

namespace lars {
namespace {

using namespace lars::test;
namespace fs = std::filesystem;

class RunLarsDb : public RunLars {
protected:
    run_result start_db() { return lars({"db", "start"}); }
    void must_start()
    {
        const run_result result = start_db();
        ASSERT_EQ(result.exit_status, 0) << result.output;
    }
    // The first line of the file.
    std::string password()
    {
        const std::string text = read_text(_folder.file("passwd"));
        return text.substr(0, text.find('\n'));
    }
    // "db shell" with this statement.
    run_result shell(const std::string &statement)
    {
        return run(
            "/bin/bash",
            {"-c", "echo '" + statement + "' | \"$1\" db shell", "-", source_path("run_lars")},
            options());
    }
    // What the client's processes could be seen with goes to the file "seen".
    void watch_client()
    {
        const run_result found = run("/bin/bash", {"-c", "command -v mariadb"});
        const std::string real = found.output.substr(0, found.output.find('\n'));
        program("mariadb", "{ printf '%s\\n' \"$@\"; env; } >>" + _folder.file("seen") + "\nexec " +
                               real + " \"$@\"");
    }
};

TEST_F(RunLarsDb, ItsPasswordIsMadeAtRandomForItsOwnerAlone)
{
    conf_with_password_file();
    watch_client();
    must_start();
    const std::string first = password();
    EXPECT_GE(first.size(), 24u);
    EXPECT_EQ(fs::status(_folder.file("passwd")).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_TRUE(lets_in(account(first)));
    for (const char *wrong : {"lars", ""})
        EXPECT_FALSE(lets_in(account(wrong)));
    // The account for other hosts is the one that is meant here.
    db_options elsewhere = account(first);
    elsewhere.socket = _folder.file("run/db/socket");
    EXPECT_TRUE(lets_in(elsewhere));
    elsewhere.password = "lars";
    EXPECT_FALSE(lets_in(elsewhere));

    EXPECT_TRUE(contains(read_text(_folder.file("seen")), "lars_dns"));
    for (const char *file : {"seen", "run/log/db.log"})
        EXPECT_FALSE(contains(read_text(_folder.file(file)), first)) << file;

    ASSERT_EQ(lars({"db", "stop"}).exit_status, 0);
    must_start();
    EXPECT_EQ(password(), first) << "it stays";
    fs::remove(_folder.file("passwd"));
    must_start();
    EXPECT_NE(password(), first);
    EXPECT_TRUE(lets_in(account(password()))) << "a new one where it was lost";
}

TEST_F(RunLarsDb, AnOldDatabaseGetsThePasswordOfTheConfigurationEachTime)
{
    must_start();
    EXPECT_TRUE(lets_in(account("lars")));
    conf_with_password_file();
    must_start();
    EXPECT_FALSE(lets_in(account("lars")));
    EXPECT_TRUE(lets_in(account(password())));

    const std::string odd = "it's \\ a \"strange\" one; # 100 %";
    conf("[mysql]\ndb_port = " + std::to_string(_port) + "\ndb_user = lars\ndb_passwd = \"" + odd +
         "\"\n");
    must_start();
    EXPECT_TRUE(lets_in(account(odd)));
}

TEST_F(RunLarsDb, ATableThatSomebodyHoldsIsNotWaitedForWithoutEnd)
{
    must_start();
    db_client other(account("lars"));
    ASSERT_TRUE(other.connect());
    ASSERT_TRUE(other.execute("LOCK TABLES RouteData WRITE"));
    const run_result result = start_db();
    EXPECT_EQ(result.exit_status, 1) << result.output;
    EXPECT_TRUE(contains(result.output, "Lock wait timeout exceeded")) << result.output;
    EXPECT_TRUE(contains(result.output, "the database does not take its tables"));
    ASSERT_TRUE(other.execute("UNLOCK TABLES"));
    must_start();
}

TEST_F(RunLarsDb, APasswordThatCannotBeKnownIsRefused)
{
    const std::string start = "[mysql]\ndb_user = lars\ndb_port = " + std::to_string(_port) + "\n";
    const auto refused = [&](const std::string &keys, const std::string &message) {
        conf(start + keys);
        const run_result result = start_db();
        EXPECT_EQ(result.exit_status, 1) << result.output;
        EXPECT_TRUE(contains(result.output, message)) << result.output;
        EXPECT_FALSE(contains(result.output, "secret")) << result.output;
        EXPECT_FALSE(fs::exists(_folder.file("run/db/data")));
    };
    refused("", "neither db_passwd_file nor db_passwd");
    refused("db_passwd = secret\ndb_passwd_file = x\n", "both db_passwd and db_passwd_file");
    _folder.write("passwd", "");
    refused("db_passwd_file = " + _folder.file("passwd") + "\n", "cannot be read or is empty");
    // No service could get in, so "up" does not start one.
    conf(start + "db_passwd_file = /proc/none/passwd\n");
    const run_result up = lars({"up"});
    EXPECT_EQ(up.exit_status, 1);
    EXPECT_TRUE(contains(up.output, "/proc/none/passwd cannot be written")) << up.output;
    EXPECT_FALSE(contains(up.output, "ready")) << up.output;
}

TEST_F(RunLarsDb, AUserWithoutANameHasADatabaseToo)
{
    conf_with_password_file();
    program("id", "[ \"$1\" != -un ] || { echo 'cannot find name' >&2; exit 1; }\nexec " +
                      std::string("/usr/bin/id \"$@\""));
    for (int i = 0; i < 2; ++i) {
        must_start();
        EXPECT_TRUE(lets_in(account(password())));
        const run_result shown = shell("SELECT COUNT(*) FROM RouteData");
        EXPECT_TRUE(contains(shown.output, "4")) << shown.output;
        EXPECT_EQ(lars({"db", "stop"}).output, "database: stopped\n");
    }
    db_options root = account("");
    root.user = "root";
    EXPECT_FALSE(lets_in(root));
}

TEST_F(RunLarsDb, TheHintAboutAPortLeadsToADatabaseOfOnesOwn)
{
    must_start();
    const std::string taken = std::to_string(_port);
    process_options second = options();
    second.environment.push_back("LARS_RUN=" + _folder.file("second"));
    const auto start_second = [&] {
        return run(source_path("run_lars"), {"db", "start"}, second, milliseconds(60000));
    };
    const run_result refused = start_second();
    EXPECT_EQ(refused.exit_status, 1);
    for (const std::string &part : {"port " + taken + " is taken", std::string("LARS_DB_PORT"),
                                    "[mysql] of " + _folder.file("conf/lars_dns.conf"),
                                    _folder.file("conf/lars_reporter.conf")})
        EXPECT_TRUE(contains(refused.output, part)) << refused.output;

    // Half of what it says leads nowhere, least of all into the first one's database.
    const std::string other = std::to_string(free_port());
    second.environment.push_back("LARS_DB_PORT=" + other);
    const run_result half = start_second();
    EXPECT_EQ(half.exit_status, 1);
    EXPECT_TRUE(contains(half.output, "LARS_DB_PORT is " + other)) << half.output;
    EXPECT_FALSE(contains(half.output, "a server of your own")) << half.output;

    conf("[mysql]\ndb_port = " + other + "\ndb_user = lars\ndb_passwd = lars\n");
    process_options moved = options();
    moved.environment.push_back("LARS_DB_PORT=" + other);
    const run_result running =
        run(source_path("run_lars"), {"db", "start"}, moved, milliseconds(60000));
    EXPECT_EQ(running.exit_status, 1);
    EXPECT_TRUE(contains(running.output, "runs already, at 127.0.0.1:" + taken)) << running.output;
    const run_result whole = start_second();
    EXPECT_EQ(whole.exit_status, 0) << whole.output;
    EXPECT_TRUE(contains(whole.output, "ready, 127.0.0.1:" + other)) << whole.output;
    EXPECT_EQ(run(source_path("run_lars"), {"down"}, second, milliseconds(60000)).exit_status, 0);
}

TEST_F(RunLarsDb, AServerThatRequiresTlsIsCheckedAndUsedAsTheServicesDo)
{
    use_programs({"lars_route"});
    watch_client();
    const certificates authority, stranger;
    authority.make("server", "IP:127.0.0.1");
    database_server server;
    server.set_arguments({"--ssl-cert=" + authority.certificate("server"),
                          "--ssl-key=" + authority.key("server"), "--require-secure-transport=ON"});
    ASSERT_TRUE(server.start());
    db_client admin(server.admin());
    ASSERT_TRUE(admin.connect());
    ASSERT_TRUE(admin.execute("CREATE DATABASE d"));
    ASSERT_TRUE(admin.execute("CREATE USER u@'127.0.0.1' IDENTIFIED BY 'se\"cr\\\\et'"));
    ASSERT_TRUE(admin.execute("GRANT ALL ON d.* TO u@'127.0.0.1'"));
    const std::string section = "[mysql]\ndb_port = " + std::to_string(server.port()) +
                                "\ndb_user = u\ndb_name = d\ndb_passwd = se\"cr\\et\n";
    const auto said = [&](const std::string &keys, const std::string &message) {
        conf(section + keys);
        const run_result result = start_db();
        EXPECT_EQ(result.exit_status, 1) << result.output;
        EXPECT_TRUE(contains(result.output, message)) << result.output;
    };
    const std::string right = "db_ssl_ca = " + authority.ca() + "\n";
    said("", "db_ssl_ca");
    said("db_ssl_ca = " + stranger.ca() + "\n", "certificate");
    said(right, "lacks tables of Lars");
    db_options own = server.admin();
    own.database = "d";
    db_client tables(own);
    ASSERT_TRUE(tables.connect());
    for (const char *name : {"RouteData", "RouteVersion", "RouteChange", "ServerCallStatus"})
        ASSERT_TRUE(tables.execute("CREATE TABLE " + std::string(name) + " (id INT)"));
    conf(section + right);
    const run_result good = start_db();
    EXPECT_EQ(good.exit_status, 0) << good.output;
    EXPECT_TRUE(contains(good.output, "over TLS")) << good.output;

    const std::string cipher = "SHOW STATUS LIKE \"Ssl_cipher\"";
    EXPECT_TRUE(contains(shell(cipher).output, "TLS_")) << shell(cipher).output;
    conf(section + "db_ssl_ca = " + stranger.ca() + "\ndb_ssl_verify = no\n");
    EXPECT_TRUE(contains(shell(cipher).output, "TLS_")) << shell(cipher).output;
    conf(section + "db_ssl_ca = " + stranger.ca() + "\n");
    EXPECT_NE(shell(cipher).exit_status, 0);
    EXPECT_FALSE(contains(read_text(_folder.file("seen")), "cr\\et"));
}

// Also where the first one has the private database's port: several are never that.
TEST_F(RunLarsDb, OfSeveralServersOneThatAnswersIsEnough)
{
    use_programs({"lars_route"});
    database several;
    const db_options own = several.options();
    const std::string here = "127.0.0.1:" + std::to_string(own.port);
    const std::string nobody = "127.0.0.1:" + std::to_string(_port);
    const auto name_servers = [&](const std::string &list) {
        conf("[mysql]\ndb_addrs = " + list + "\ndb_user = " + own.user +
             "\ndb_passwd = " + own.password + "\ndb_name = " + own.database + "\n");
    };
    name_servers(nobody + ", " + here);
    const run_result found = start_db();
    EXPECT_EQ(found.exit_status, 0) << found.output;
    EXPECT_TRUE(contains(found.output, own.user + "@" + here)) << found.output;
    EXPECT_TRUE(contains(lars({"db", "status"}).output, "a server of your own"));

    name_servers(here + ", " + nobody);
    const run_result asked = shell("SELECT DATABASE()");
    EXPECT_TRUE(contains(asked.output, own.database)) << asked.output;
    name_servers(nobody + ", 127.0.0.1:1");
    const run_result none = start_db();
    EXPECT_EQ(none.exit_status, 1) << none.output;
    EXPECT_TRUE(contains(none.output, nobody)) << none.output;
    EXPECT_TRUE(contains(none.output, "127.0.0.1:1/")) << none.output;
}

}  // namespace
}  // namespace lars
