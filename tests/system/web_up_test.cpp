// The console as "run_lars up" starts it.
#include <sys/stat.h>

#include <filesystem>

#include "private_system.h"
#include "web_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

class WebUp : public testing::Test {
protected:
    void TearDown() override { run_lars({"down"}); }

    run_result run_lars(std::vector<std::string> words)
    {
        return run(source_path("run_lars"), words, _system.options(),
                   std::chrono::milliseconds(120000));
    }
    int log_in(const std::string &password)
    {
        httplib::Client client("127.0.0.1", std::stoi(_system.port("7780")));
        const auto answer =
            client.Post("/api/v1/login", json({{"user", "admin"}, {"password", password}}).dump(),
                        "application/json");
        return answer ? answer->status : 0;
    }
    std::string password()
    {
        const std::string text = read_text(_system.file("state/lars_web.admin"));
        return text.substr(0, text.find('\n'));
    }
    mode_t mode(const std::string &name)
    {
        struct stat info = {};
        EXPECT_EQ(stat(_system.file(name).c_str(), &info), 0) << name;
        return info.st_mode & 0777;
    }

    private_system _system;
};

TEST_F(WebUp, ItsAddressIsToldAndItsFirstUserMade)
{
    const run_result up = run_lars({"up"});
    ASSERT_EQ(up.exit_status, 0) << up.output;
    EXPECT_NE(
        up.output.find("web: open http://127.0.0.1:" + _system.port("7780") + "/ in a browser"),
        std::string::npos)
        << up.output;
    EXPECT_EQ(up.output.find(password()), std::string::npos) << "others may see the screen";
    EXPECT_EQ(log_in(password()), 200);
    EXPECT_EQ(log_in(password() + "x"), 401);
    for (const char *name : {"state/lars_web.admin", "state/lars_web.users", "state/lars_web.key"})
        EXPECT_EQ(mode(name), 0600u) << name;

    const std::string before = password();
    ASSERT_EQ(run_lars({"down"}).exit_status, 0);
    ASSERT_EQ(run_lars({"up"}).exit_status, 0);
    EXPECT_EQ(password(), before);
    EXPECT_EQ(log_in(before), 200);
}

// Nobody is sent to a password that does not work.
TEST_F(WebUp, OfAPasswordThatWasChangedItSaysNothing)
{
    const auto told = [this] {
        const run_result up = run_lars({"up"});
        EXPECT_EQ(up.exit_status, 0) << up.output;
        EXPECT_NE(up.output.find("web: open http://"), std::string::npos) << up.output;
        EXPECT_EQ(run_lars({"down"}).exit_status, 0);
        return up.output.find("log in as admin with the password in " +
                              _system.file("state/lars_web.admin")) != std::string::npos;
    };
    const auto lars_web = [this](const std::string &arguments) {
        const std::string line = "echo 'a new password' | '" + bin_path("lars_web") + "' -c '" +
                                 _system.file("lars_web.conf") + "' " + arguments;
        EXPECT_EQ(run("/bin/sh", {"-c", line}, _system.options()).exit_status, 0) << line;
    };
    EXPECT_TRUE(told());
    lars_web("--add-user ann --right change");
    EXPECT_TRUE(told());
    lars_web("--add-user admin");
    EXPECT_FALSE(told());
    lars_web("--remove-user admin");
    EXPECT_FALSE(told());
}

TEST_F(WebUp, WithoutAConfigurationThereIsNoneAndThatIsSaid)
{
    std::filesystem::remove(_system.file("lars_web.conf"));
    const run_result up = run_lars({"up"});
    ASSERT_EQ(up.exit_status, 0) << up.output;
    EXPECT_NE(
        up.output.find("\nweb: not started, there is no " + _system.file("lars_web.conf") + "\n"),
        std::string::npos)
        << up.output;
    const run_result told = run_lars({"status"});
    EXPECT_EQ(told.exit_status, 0) << told.output;
    EXPECT_EQ(told.output.find("web"), std::string::npos) << told.output;
}

TEST_F(WebUp, AMistakeInItsConfigurationIsSaidBeforeAnythingStarts)
{
    _system.write("lars_web.conf", read_text(_system.file("lars_web.conf")) + "nonsense\n");
    const run_result up = run_lars({"up"});
    EXPECT_EQ(up.exit_status, 1);
    EXPECT_NE(up.output.find("lars_web.conf:"), std::string::npos) << up.output;
    EXPECT_EQ(run_lars({"status"}).output.find("runs since"), std::string::npos);
}

}  // namespace
}  // namespace lars
