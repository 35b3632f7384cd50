// Nobody gets in who does not belong, and those who do may do what they may.
#include "access_control.h"

#include <ctime>
#include <future>

#include "console.h"

namespace lars {
namespace {

using namespace test;
using nlohmann::json;

// A session, as a page has it.
struct logged_in {
    logged_in(const console &c, const std::string &user)
    {
        const http_reply reply = c.log_in(user, user + "'s password");
        EXPECT_EQ(reply.status, 200) << reply.body;
        cookie = cookie_value(reply);
        csrf = json::parse(reply.body, nullptr, false).value("csrf", "");
    }
    header_list headers() const { return with_cookie(cookie, csrf); }

    std::string cookie, csrf;
};

TEST(Access, NobodyGetsInWithoutLoggingIn)
{
    console c;
    c.start();
    EXPECT_EQ(c.get("/nothing"), 200);
    EXPECT_EQ(c.get("/read"), 401);
    EXPECT_EQ(c.post("/change"), 401);
    const http_reply reply = ask(c.port(), "GET", "/read");
    EXPECT_EQ(json::parse(reply.body)["error"]["code"], "login_needed");
    const json session = json::parse(ask(c.port(), "GET", "/api/v1/session").body);
    EXPECT_EQ(session["user"], nullptr);
    EXPECT_EQ(session["right"], "none");
    EXPECT_EQ(session["csrf"], nullptr);
}

TEST(Access, ASessionMayDoWhatItsUserMay)
{
    console c;
    c.start();
    const logged_in ann(c, "ann"), bob(c, "bob");
    EXPECT_EQ(c.get("/read", with_cookie(ann.cookie)), 200);
    EXPECT_EQ(c.post("/change", ann.headers()), 200);
    EXPECT_EQ(c.get("/read", with_cookie(bob.cookie)), 200);
    EXPECT_EQ(c.post("/change", bob.headers()), 403);
    EXPECT_EQ(c.get("/change", bob.headers()), 403);
    const json session =
        json::parse(ask(c.port(), "GET", "/api/v1/session", with_cookie(bob.cookie)).body);
    EXPECT_EQ(session["user"], "bob");
    EXPECT_EQ(session["right"], "read");
    EXPECT_EQ(session["csrf"], bob.csrf);
}

TEST(Access, TheCookieIsForThisServerAlone)
{
    console c;
    ASSERT_TRUE(ip_ranges::parse("127.0.0.1", &c.how.server.proxies).ok());
    c.start();
    const std::string plain = c.log_in("ann", "ann's password").header("set-cookie");
    EXPECT_NE(plain.find("; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict"), std::string::npos);
    EXPECT_EQ(plain.find("Secure"), std::string::npos);
    const std::string tls =
        c.log_in("ann", "ann's password", {{"X-Forwarded-Proto", "https"}}).header("set-cookie");
    EXPECT_NE(tls.find("; Secure"), std::string::npos);
}

TEST(Access, ForgedAndOldCookiesAreNothing)
{
    console c;
    c.start();
    const logged_in ann(c, "ann");
    EXPECT_EQ(c.get("/read", with_cookie("")), 401);
    EXPECT_EQ(c.get("/read", with_cookie("ann")), 401);
    std::string altered = ann.cookie;
    altered.back() = altered.back() == '0' ? '1' : '0';
    EXPECT_EQ(c.get("/read", with_cookie(altered)), 401);
    std::string other_user = "bob" + ann.cookie.substr(3);
    EXPECT_EQ(c.get("/read", with_cookie(other_user)), 401);
    const user_list::entry owner = *c.users->users()->user("ann");
    std::string old;
    ASSERT_TRUE(c.kept->begin("ann", owner, time(nullptr) - 3600, &old).ok());
    EXPECT_EQ(c.get("/read", with_cookie(old)), 401);
    sessions other_key(std::chrono::seconds(3600));
    ASSERT_TRUE(other_key.open(c.folder.file("other")).ok());
    std::string foreign;
    ASSERT_TRUE(other_key.begin("ann", owner, time(nullptr), &foreign).ok());
    EXPECT_EQ(c.get("/read", with_cookie(foreign)), 401);
    // One that another server of this machine has set does not hide ours.
    EXPECT_EQ(c.get("/read", {{"Cookie", "x=y; lars_session=forged; lars_session=" + ann.cookie}}),
              200);
    EXPECT_EQ(c.get("/read", {{"Cookie", "xlars_session=" + ann.cookie}}), 401);
}

TEST(Access, ARemovedUserAndANewPasswordEndSessions)
{
    console c;
    c.start();
    const logged_in ann(c, "ann"), bob(c, "bob");
    c.set("bob", std::nullopt);
    EXPECT_EQ(c.get("/read", bob.headers()), 401);
    c.set("ann", user_entry(right::change, "another password"));
    EXPECT_EQ(c.get("/read", ann.headers()), 401);
    EXPECT_EQ(c.log_in("ann", "ann's password").status, 401);
    EXPECT_EQ(c.log_in("ann", "another password").status, 200);
    c.set("deploy", std::nullopt);
    EXPECT_EQ(c.get("/read", with_token("token of deploy")), 401);
}

TEST(Access, ARightThatIsTakenAwayIsGoneAtOnce)
{
    console c;
    c.start();
    const logged_in ann(c, "ann");
    c.set("ann", user_entry(right::read, "ann's password"));
    EXPECT_EQ(c.post("/change", ann.headers()), 403);
    EXPECT_EQ(c.get("/read", ann.headers()), 200);
}

TEST(Access, AChangeNeedsTheSessionsOwnCsrfToken)
{
    console c;
    c.start();
    const logged_in ann(c, "ann"), again(c, "ann");
    EXPECT_EQ(c.post("/change", with_cookie(ann.cookie)), 403);
    EXPECT_EQ(c.post("/change", with_cookie(ann.cookie, "wrong")), 403);
    EXPECT_EQ(c.post("/change", with_cookie(ann.cookie, again.csrf)), 403);
    EXPECT_EQ(c.post("/read", with_cookie(ann.cookie)), 403);
    const http_reply reply =
        ask(c.port(), "POST", "/change", with_cookie(ann.cookie, ann.csrf + "0"), "{}");
    EXPECT_EQ(json::parse(reply.body)["error"]["code"], "csrf");
}

TEST(Access, AnotherServersPageChangesNothing)
{
    console c;
    c.start();
    const logged_in ann(c, "ann");
    for (const auto &[site, expected] : std::map<std::string, int>{
             {"cross-site", 403}, {"same-site", 403}, {"same-origin", 200}, {"none", 200}}) {
        header_list headers = ann.headers();
        headers["Sec-Fetch-Site"] = site;
        EXPECT_EQ(c.post("/change", headers), expected) << site;
        EXPECT_EQ(c.log_in("bob", "bob's password", {{"Sec-Fetch-Site", site}}).status, expected);
    }
}

TEST(Access, ATokenMayDoWhatItMay)
{
    console c;
    c.start();
    EXPECT_EQ(c.get("/read", with_token("token of watch")), 200);
    EXPECT_EQ(c.post("/change", with_token("token of watch")), 403);
    EXPECT_EQ(c.post("/change", with_token("token of deploy")), 200);
    EXPECT_EQ(c.get("/read", with_token("token of nobody")), 401);
    EXPECT_EQ(c.get("/read", with_token("")), 401);
    EXPECT_EQ(c.get("/read", with_token(sha256_hex("token of watch"))), 401);
    EXPECT_EQ(c.get("/read", {{"Authorization", "Basic YW5uOmFubidzIHBhc3N3b3Jk"}}), 401);
    const json session =
        json::parse(ask(c.port(), "GET", "/api/v1/session", with_token("token of watch")).body);
    EXPECT_EQ(session["user"], "watch");
    EXPECT_EQ(session["csrf"], nullptr);
    // A token does not log in, nor does its hash.
    EXPECT_EQ(c.log_in("watch", "token of watch").status, 401);
    EXPECT_EQ(c.log_in("watch", sha256_hex("token of watch")).status, 401);
}

// With a wrong token, a cookie that is right does not help.
TEST(Access, AWrongTokenIsNotMadeGoodByACookie)
{
    console c;
    c.how.open_reading = true;
    c.start();
    const logged_in ann(c, "ann");
    header_list headers = ann.headers();
    headers["Authorization"] = "Bearer wrong";
    EXPECT_EQ(c.get("/read", headers), 401);
}

TEST(Access, ReadingIsOpenOnThisMachineAlone)
{
    console c;
    c.how.open_reading = true;
    ASSERT_TRUE(ip_ranges::parse("127.0.0.1", &c.how.server.proxies).ok());
    c.how.server.names = {"lars.example.net"};
    c.start();
    EXPECT_EQ(c.get("/read"), 200);
    EXPECT_EQ(c.post("/change"), 401);
    EXPECT_EQ(json::parse(ask(c.port(), "GET", "/api/v1/session").body)["right"], "read");
    // Whom a proxy lets in is not on this machine.
    EXPECT_EQ(c.get("/read", {{"X-Forwarded-For", "10.1.2.3"}}), 401);
    EXPECT_EQ(c.get("/read", {{"X-Forwarded-For", "127.0.0.1"}}), 401);
    EXPECT_EQ(c.get("/read", {{"X-Forwarded-Proto", "https"}}), 401);
    EXPECT_EQ(c.get("/read", {{"X-Real-IP", "127.0.0.1"}}), 401);
    EXPECT_EQ(c.get("/read", {{"Forwarded", "for=127.0.0.1"}}), 401);
    EXPECT_EQ(c.get("/read", {{"Via", "1.1 proxy"}}), 401);
    EXPECT_EQ(c.get("/read", {{"Host", "lars.example.net"}}), 401);
    EXPECT_EQ(c.get("/read", {{"Host", "evil.example"}}), 421);
}

TEST(Access, AProxyThatIsNotOursIsNotOnThisMachineEither)
{
    console c;
    c.how.open_reading = true;
    c.start();
    EXPECT_EQ(c.get("/read"), 200);
    EXPECT_EQ(c.get("/read", {{"X-Forwarded-For", "127.0.0.1"}}), 401);
    EXPECT_EQ(c.get("/read", {{"X-Forwarded-Proto", "https"}}), 401);
}

TEST(Access, ReadingIsNeverOpenForOtherMachines)
{
    console c;
    c.how.open_reading = true;
    c.how.address = {0, 0};
    c.start();
    EXPECT_EQ(c.get("/read"), 401);
}

TEST(Access, LoggingOutEndsTheSessionHere)
{
    console c;
    c.start();
    const logged_in ann(c, "ann"), again(c, "ann");
    EXPECT_EQ(c.post("/api/v1/logout", with_cookie(ann.cookie)), 403);
    EXPECT_EQ(c.get("/read", ann.headers()), 200);
    const http_reply reply = ask(c.port(), "POST", "/api/v1/logout", ann.headers());
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "{}");
    EXPECT_NE(reply.header("set-cookie").find("lars_session=; Path=/; Max-Age=0"),
              std::string::npos);
    EXPECT_EQ(c.get("/read", ann.headers()), 401);
    EXPECT_EQ(c.post("/api/v1/logout", ann.headers()), 401);
    EXPECT_EQ(c.get("/read", again.headers()), 200);
    // Nor does a restart bring it back.
    c.stop();
    c.start();
    EXPECT_EQ(c.get("/read", ann.headers()), 401);
    EXPECT_EQ(c.get("/read", again.headers()), 200);
}

TEST(Access, AWrongPasswordAndAnUnknownUserLookTheSame)
{
    console c;
    c.start();
    const http_reply wrong = c.log_in("ann", "bob's password");
    const http_reply unknown = c.log_in("eve", "bob's password");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(unknown.status, 401);
    EXPECT_EQ(wrong.body, unknown.body);
    EXPECT_EQ(wrong.header("set-cookie"), "");
    EXPECT_TRUE(c.log.has("wrong user or password: ann from 127.0.0.1")) << c.log.text();
    EXPECT_EQ(c.log_in("ann\nINFO forged", "bob's password").status, 401);
    EXPECT_FALSE(c.log.has("forged"));
}

TEST(Access, ALoginThatMakesNoSenseIsRefused)
{
    console c;
    c.start();
    for (const char *body : {"", "{", "[]", "null", "{}", R"({"user":"ann"})",
                             R"({"user":1,"password":"x"})", R"({"user":"ann","password":null})"})
        EXPECT_EQ(ask(c.port(), "POST", "/api/v1/login", {}, body).status, 400) << body;
    EXPECT_EQ(ask(c.port(), "POST", "/api/v1/login", {}, std::string(60000, '[')).status, 400);
    EXPECT_EQ(ask(c.port(), "GET", "/api/v1/login").status, 405);
}

TEST(Access, PasswordsCannotBeTriedAtWill)
{
    console c;
    c.start();
    std::vector<std::future<int>> tries;
    // Not even many at a time.
    for (int i = 0; i < 20; ++i)
        tries.push_back(std::async(std::launch::async, [&c, i] {
            return c.log_in("ann", "guess number " + std::to_string(i)).status;
        }));
    int checked = 0;
    for (auto &one : tries)
        checked += one.get() == 401 ? 1 : 0;
    EXPECT_GE(checked, 5);
    EXPECT_LE(checked, 7);
    const http_reply blocked = c.log_in("ann", "ann's password");
    EXPECT_EQ(blocked.status, 429);
    EXPECT_GE(std::atoi(blocked.header("retry-after").c_str()), 1);
    EXPECT_EQ(json::parse(blocked.body)["error"]["code"], "too_many");
    EXPECT_EQ(c.log_in("bob", "bob's password").status, 200);
}

TEST(Access, FewPasswordsAreCheckedAtATime)
{
    password_check passwords(1, std::chrono::milliseconds(0));
    ASSERT_TRUE(passwords.prepare().ok());
    const std::string hash = hash_of("ann's password");
    std::vector<std::future<password_check::outcome>> checks;
    for (int i = 0; i < 8; ++i)
        checks.push_back(std::async(std::launch::async,
                                    [&] { return passwords.check("ann's password", &hash); }));
    std::map<password_check::outcome, int> seen;
    for (auto &one : checks)
        ++seen[one.get()];
    EXPECT_GE(seen[password_check::outcome::right], 1);
    EXPECT_GE(seen[password_check::outcome::busy], 1);
    EXPECT_EQ(passwords.check("ann's password", nullptr), password_check::outcome::wrong);
}

// It is nobody's failure, and locks nobody out.
TEST(Access, ABusyServerCountsNoTries)
{
    console c;
    c.how.passwords_at_once = 0;
    c.how.password_patience = std::chrono::milliseconds(0);
    c.start();
    for (int i = 0; i < 30; ++i) {
        const http_reply reply = c.log_in("ann", "ann's password");
        EXPECT_EQ(reply.status, 429);
        EXPECT_NE(reply.body.find("too many log in right now"), std::string::npos)
            << i << ": " << reply.body;
    }
}

TEST(Pages, AreServedToEverybodyAndKeptByBrowsers)
{
    console c;
    c.start();
    const http_reply index = ask(c.port(), "GET", "/");
    EXPECT_EQ(index.status, 200);
    EXPECT_EQ(index.header("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(index.header("cache-control"), "no-cache");
    for (const page &one : all_pages()) {
        const http_reply reply = ask(c.port(), "GET", "/" + one.name);
        EXPECT_EQ(reply.status, 200) << one.name;
        EXPECT_EQ(reply.body, read_text(source_path("lars_web/pages/" + one.name)));
        EXPECT_NE(reply.header("content-type"), "application/octet-stream") << one.name;
        const std::string etag = reply.header("etag");
        const http_reply known = ask(c.port(), "GET", "/" + one.name, {{"If-None-Match", etag}});
        EXPECT_EQ(known.status, 304);
        EXPECT_EQ(known.body, "");
        EXPECT_EQ(known.header("content-length"), std::to_string(one.content.size()));
        EXPECT_NE(known.header("content-security-policy"), "");
        EXPECT_EQ(ask(c.port(), "GET", "/" + one.name, {{"If-None-Match", "\"other\""}}).status,
                  200);
    }
}

TEST(Pages, NoPathLeadsElsewhere)
{
    console c;
    c.start();
    for (const char *path : {"/../users", "/..%2fusers", "/%2e%2e/users", "//etc/passwd",
                             "/./index.html", "/index.html%00.js", "/index.html/", "/indexXhtml",
                             "/lars_web/pages/index.html", "/....//users", "/\\..\\users"})
        EXPECT_EQ(c.get(path), 404) << path;
}

}  // namespace
}  // namespace lars
