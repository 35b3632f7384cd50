// What lars_route says when the database does not do what it is told, and its "check".
#include <memory>

#include "certificates.h"
#include "free_port.h"
#include "lars_route_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

class LarsRouteDatabase : public LarsRouteTest {
protected:
    // Fails, and says this, and nothing that sends people elsewhere.
    void failing(const words &arguments, const std::string &advice, int exit_status = 1)
    {
        const run_result result = route(arguments);
        EXPECT_EQ(result.exit_status, exit_status) << result.output;
        EXPECT_NE(result.output.find(advice), std::string::npos) << result.output;
        const bool away = advice.find("database running?") != std::string::npos;
        EXPECT_EQ(result.output.find("database running?") != std::string::npos, away)
            << result.output;
    }
};

TEST_F(LarsRouteDatabase, ALockThatSomebodyHoldsIsNotADatabaseThatIsAway)
{
    db_client other(_database.options());
    ASSERT_TRUE(other.connect());
    EXPECT_TRUE(other.transaction([&] {
        EXPECT_TRUE(other.execute("UPDATE RouteVersion SET version = version + 1"));
        failing({"add", "5", "1", "10.0.0.1:80"}, "a transaction that has not ended");
        return status();
    }));
    ASSERT_TRUE(other.execute("LOCK TABLES RouteData WRITE"));
    failing({"list"}, "a transaction that has not ended");
    ASSERT_TRUE(other.execute("UNLOCK TABLES"));
    good({"add", "5", "1", "10.0.0.1:80"});
}

TEST_F(LarsRouteDatabase, AServerThatRunsAndServesNobodyIsNotAway)
{
    database_server server;
    server.set_arguments({"--max-connections=10"});
    ASSERT_TRUE(server.start());
    database busy(server);
    use(busy.mysql_section());
    std::vector<std::unique_ptr<db_client>> others;
    do {
        others.push_back(std::make_unique<db_client>(busy.options()));
    } while (others.back()->connect() && others.size() < 30);
    failing({"list"}, "The database runs, but serves nobody for now");
    others.clear();

    ASSERT_TRUE(server.stop());
    failing({"list"}, "Is the database running?");
}

TEST_F(LarsRouteDatabase, AMissingRightIsNotAWrongPassword)
{
    db_client admin(database_server::shared().admin());
    ASSERT_TRUE(admin.connect());
    const std::string user = "'" + _database.name() + "'@'127.0.0.1'";
    ASSERT_TRUE(admin.execute("REVOKE INSERT ON " + _database.name() + ".* FROM " + user));
    failing({"add", "5", "1", "10.0.0.1:80"}, "needs more rights");
}

TEST_F(LarsRouteDatabase, AMissingPasswordFileIsNamed)
{
    const db_options own = _database.options();
    const std::string file = _folder.file("passwd");
    use("[mysql]\ndb_port = " + std::to_string(own.port) + "\ndb_user = " + own.user +
        "\ndb_name = " + own.database + "\ndb_passwd_file = " + file + "\n");
    failing({"list"}, "db_passwd_file " + file + ": No such file");
    write_text(file, own.password + "\n");
    good({"list"});
}

TEST_F(LarsRouteDatabase, CheckTellsWhatTheServicesWillFind)
{
    EXPECT_EQ(good({"check"}), _database.options().describe() + " answers and has the tables\n");
    good({"check", "ServerCallStatus"});
    failing({"check", "RouteData", "Nothing"}, "schema.sql", 3);
    for (const char *wrong : {"a b", "a;b", "a,b", ""})
        EXPECT_EQ(route({"check", wrong}).exit_status, 2) << wrong;
    const db_options own = _database.options();
    const std::string port = "[mysql]\ndb_port = " + std::to_string(own.port);
    use(port + "\ndb_user = nobody\ndb_passwd = x\n");
    failing({"check"}, "db_passwd");
    // Of the reporter's configuration it reads the same section.
    use(_database.mysql_section() + "[reporter]\nqueue_limit = 1\n");
    good({"check", "ServerCallStatus"});
}

TEST_F(LarsRouteDatabase, CheckUsesTls)
{
    const certificates authority;
    authority.make("server", "IP:127.0.0.1");
    database_server server;
    server.set_arguments(
        {"--ssl-cert=" + authority.certificate("server"), "--ssl-key=" + authority.key("server")});
    ASSERT_TRUE(server.start());
    database over_tls(server);
    use(over_tls.mysql_section() + "db_ssl_ca = " + authority.ca() + "\n");
    EXPECT_NE(good({"check"}).find(", over TLS (TLS_"), std::string::npos);
}

}  // namespace
}  // namespace lars
