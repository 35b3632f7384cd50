// docs/web.md: what it says to type does what it says, also from behind a reverse proxy.
#include <regex>

#include "free_port.h"
#include "private_system.h"
#include "web_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

// The first block of that language.
std::string block(const std::string &language)
{
    const std::string page = read_text(source_path("docs/web.md"));
    const std::string begin = "\n```" + language + "\n";
    const size_t from = page.find(begin);
    if (from == std::string::npos)
        return "";
    return page.substr(from + begin.size(), page.find("\n```", from + 1) - from - begin.size()) + "\n";
}

std::string replace_all(std::string text, const std::string &what, const std::string &with)
{
    for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

void need(std::vector<std::string> packages)
{
    packages.insert(packages.begin(), "deps");
    const run_result got = run(source_path("run_lars"), packages, {}, std::chrono::minutes(5));
    ASSERT_EQ(got.exit_status, 0) << got.output;
}

class WebPage : public testing::Test {
protected:
    void SetUp() override
    {
        const run_result up = shell("./run_lars up");
        ASSERT_EQ(up.exit_status, 0) << up.output;
        _token = first_line(shell(_lars_web + " --add-token docs --right change").output);
    }
    void TearDown() override { shell("./run_lars down"); }

    run_result shell(const std::string &line)
    {
        return run("/bin/bash", {"-c", line}, _system.options(), std::chrono::seconds(120));
    }
    static std::string first_line(const std::string &text)
    {
        return text.substr(0, text.find('\n'));
    }
    std::string password()
    {
        return first_line(read_text(_system.file("state/lars_web.admin")));
    }

    private_system _system;
    const std::string _lars_web =
        "'" + bin_path("lars_web") + "' -c '" + _system.file("lars_web.conf") + "'";
    std::string _token;
};

TEST_F(WebPage, TheExamplesForScriptsWork)
{
    need({"curl"});
    const std::string script = _system.with_ports(block("sh"));
    ASSERT_NE(script.find("curl"), std::string::npos);
    const std::string file = _system.write("script.sh", "set -eu\ncd '" + _system.file("") +
                                                            "'\nTOKEN=" + _token + "\n" + script);
    const run_result done = shell("bash " + file);
    EXPECT_EQ(done.exit_status, 0) << done.output;
    for (const char *part : {R"("applied":false)", R"("applied":true)", R"("action":"add")",
                             R"("note":"one more")", R"({"name":"shop"})", R"("rules")",
                             R"("kind":"dns")"})
        EXPECT_NE(done.output.find(part), std::string::npos) << part << " in " << done.output;
    EXPECT_EQ(shell("./run_lars route list 1 1").output,
              "1 1 10.0.0.1:80@50\n1 1 192.168.1.177:7777\n");
    EXPECT_NE(shell("./run_lars test gethost 1 1").output.find("host is"), std::string::npos);
}

TEST_F(WebPage, PrometheusTakesItsTargetsFromTheConsole)
{
    need({"curl", "prometheus"});
    std::string config = _system.with_ports(block("yaml"));
    ASSERT_NE(config.find("credentials: TOKEN"), std::string::npos);
    config = replace_all(config, "credentials: TOKEN", "credentials: " + _token);
    const std::string port = std::to_string(free_port());
    process prometheus;
    ASSERT_TRUE(prometheus.start(
        "/usr/bin/prometheus", {"--config.file=" + _system.write("prometheus.yml", config),
                                "--storage.tsdb.path=" + _system.file("prometheus"),
                                "--web.listen-address=127.0.0.1:" + port}));
    const auto targets = [&] {
        return shell("curl -s http://127.0.0.1:" + port + "/api/v1/targets").output;
    };
    EXPECT_TRUE(wait_until(
        [&] { return targets().find("192.168.1.177:7777") != std::string::npos; },
        std::chrono::milliseconds(60000)))
        << targets() << prometheus.output();
    EXPECT_NE(targets().find("\"__meta_lars_modid\":\"1\""), std::string::npos) << targets();
    // Its own metrics are well named.
    const run_result checked = shell("curl -s http://127.0.0.1:" + _system.port("9780") +
                                     "/metrics | /usr/bin/promtool check metrics");
    EXPECT_EQ(checked.exit_status, 0) << checked.output;
}

TEST_F(WebPage, TheReverseProxyLetsOthersInByTls)
{
    need({"curl", "haproxy", "openssl"});
    const std::string key = _system.file("key.pem"), pem = _system.file("lars.pem"),
                      certificate = _system.file("cert.pem");
    ASSERT_EQ(shell("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lars.example.net"
                    " -addext subjectAltName=DNS:lars.example.net -keyout " +
                    key + " -out " + certificate + " && cat " + certificate + " " + key + " >" + pem)
                  .exit_status,
              0);
    // What the page says to put into lars_web.conf, in the place of what is there.
    std::string conf = read_text(_system.file("lars_web.conf"));
    conf = std::regex_replace(conf, std::regex("\n(open_reading|names|proxies) =.*"), "");
    conf = replace_all(conf, "[web]\n", block("ini"));
    write_text(_system.file("lars_web.conf"), conf);
    ASSERT_EQ(shell("./run_lars down && ./run_lars up").exit_status, 0);

    const std::string port = std::to_string(free_port());
    std::string proxy = _system.with_ports(block("haproxy"));
    proxy = replace_all(proxy, "bind :443", "bind 127.0.0.1:" + port);
    proxy = replace_all(proxy, "/etc/haproxy/lars.pem", pem);
    const std::string file = _system.write(
        "haproxy.cfg", "defaults\n timeout connect 5s\n timeout client 30s\n timeout server 70s\n" + proxy);
    process haproxy;
    ASSERT_TRUE(haproxy.start("/usr/sbin/haproxy", {"-db", "-f", file}));
    const std::string curl = "curl -s --cacert " + certificate + " --resolve lars.example.net:" +
                             port + ":127.0.0.1 ";
    const std::string url = "https://lars.example.net:" + port;
    ASSERT_TRUE(wait_until([&] { return shell(curl + url + "/").exit_status == 0; }));
    EXPECT_NE(shell(curl + url + "/").output.find("<html"), std::string::npos);
    EXPECT_NE(shell(curl + "-i " + url + "/api/v1/modules").output.find(" 401"), std::string::npos);
    const std::string login = shell(curl + "-i " + url + "/api/v1/login -d '{\"user\": \"admin\","
                                                        " \"password\": \"" +
                                    password() + "\"}'")
                                  .output;
    EXPECT_NE(login.find(" 200"), std::string::npos) << login;
    EXPECT_TRUE(std::regex_search(login, std::regex("et-[Cc]ookie: lars_session=.*Secure"))) << login;
    EXPECT_NE(login.find("trict-transport-security"), std::string::npos) << login;
    // By another name nobody gets in.
    const std::string other = "curl -sk -i --resolve evil.example:" + port + ":127.0.0.1 https://evil.example:" + port;
    EXPECT_EQ(shell(other + "/").output.find(" 200"), std::string::npos) << shell(other + "/").output;
    haproxy.terminate();
}

}  // namespace
}  // namespace lars
