#include "user_file.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "console.h"

namespace lars {
namespace {

using namespace test;

std::string error_of(const std::string &text)
{
    user_list users;
    return parse_users(text, "f", &users).message();
}

TEST(UserFile, IsReadLineByLine)
{
    const std::string text = "# who\n\nuser ann change " + hash_of("ann's password") +
                             "\n  token  ci\tread " + sha256_hex("secret") + "\r\n";
    user_list users;
    const status s = parse_users(text, "f", &users);
    ASSERT_TRUE(s.ok()) << s.message();
    ASSERT_NE(users.user("ann"), nullptr);
    EXPECT_EQ(users.user("ann")->may, right::change);
    EXPECT_EQ(users.user("ci"), nullptr);  // a token does not log in
    EXPECT_EQ(users.owner_of("secret").name, "ci");
    EXPECT_EQ(users.owner_of("secret").may, right::read);
    EXPECT_EQ(users.owner_of("other").name, "");
    EXPECT_EQ(users.owner_of("").name, "");
    EXPECT_EQ(users.owner_of(sha256_hex("secret")).name, "");
}

TEST(UserFile, AMistakeNamesFileAndLine)
{
    const std::string hash = hash_of("ann's password");
    const std::string token = sha256_hex("secret");
    EXPECT_EQ(error_of("\nuser ann\n").substr(0, 4), "f:2:");
    EXPECT_NE(error_of("guest ann read " + hash), "");
    EXPECT_NE(error_of("user ann read " + hash + " more"), "");
    EXPECT_NE(error_of("user a:b read " + hash), "");
    EXPECT_NE(error_of("user " + std::string(33, 'a') + " read " + hash), "");
    EXPECT_EQ(error_of("user " + std::string(32, 'a') + " read " + hash), "");
    EXPECT_NE(error_of("user ann write " + hash), "");
    EXPECT_NE(error_of("user ann read password"), "");
    EXPECT_NE(error_of("user ann read *"), "");
    EXPECT_NE(error_of("user ann read " + token), "");
    EXPECT_NE(error_of("token ci read " + hash), "");
    EXPECT_NE(error_of("token ci read " + token.substr(1)), "");
    EXPECT_EQ(error_of("user a read " + hash + "\nuser a read " + hash),
              "f:2: the name a is there twice");
    EXPECT_NE(error_of("token a read " + token + "\ntoken b read " + token), "");
    // What may be a password or a hash is not shown.
    EXPECT_EQ(error_of("user ann read my-password").find("my-password"), std::string::npos);
}

TEST(UserFile, AnEntryIsReplacedWhereOthersAndCommentsStay)
{
    const std::string text = "# user ann read x\nuser ann read x\nuser bob read y";
    EXPECT_EQ(with_entry(text, "ann", user_list::entry{right::change, "z", false}),
              "# user ann read x\nuser bob read y\nuser ann change z\n");
    EXPECT_EQ(with_entry(text, "bob", std::nullopt), "# user ann read x\nuser ann read x\n");
    EXPECT_EQ(with_entry("", "ci", user_list::entry{right::read, "t", true}), "token ci read t\n");
}

TEST(UserFile, ChangesAreTakenUp)
{
    const temp_dir folder;
    logged_lines log;
    user_file file(folder.file("users"), log.sink());
    ASSERT_TRUE(file.read().ok());
    EXPECT_TRUE(log.has("nobody can log in")) << log.text();
    EXPECT_EQ(file.users()->user("ann"), nullptr);
    const std::string ann = with_entry("", "ann", user_entry(right::read, "ann's password"));
    write_text(folder.file("users"), ann);
    EXPECT_NE(file.users()->user("ann"), nullptr);
    // The same length, at once.
    std::string amy = ann;
    amy.replace(amy.find("ann"), 3, "amy");
    ASSERT_TRUE(replace_file(folder.file("users"), amy).ok());
    EXPECT_EQ(file.users()->user("ann"), nullptr);
    EXPECT_NE(file.users()->user("amy"), nullptr);
    unlink(folder.file("users").c_str());
    EXPECT_EQ(file.users()->user("amy"), nullptr);
}

TEST(UserFile, AMistakeLeavesTheUsersAsTheyWere)
{
    const temp_dir folder;
    logged_lines log;
    const std::string ann = with_entry("", "ann", user_entry(right::read, "ann's password"));
    const std::string path = folder.write("users", ann);
    user_file file(path, log.sink());
    ASSERT_TRUE(file.read().ok());
    write_text(path, ann + "user bob\n");
    for (int i = 0; i < 3; ++i)
        EXPECT_NE(file.users()->user("ann"), nullptr);
    const std::string line = "users stay as they were: " + path + ":2: ";
    EXPECT_TRUE(log.has(line)) << log.text();
    EXPECT_EQ(log.text().find(line), log.text().rfind(line));
    write_text(path, "# nobody\n");
    EXPECT_EQ(file.users()->user("ann"), nullptr);

    write_text(path, ann + "user bob\n");
    user_file fresh(path, log.sink());
    EXPECT_EQ(fresh.read().message().substr(0, path.size() + 2), path + ":2");
}

TEST(UserFile, OthersWhoCanReadItAreWarnedOf)
{
    const temp_dir folder;
    logged_lines log;
    const std::string ann = with_entry("", "ann", user_entry(right::read, "ann's password"));
    const std::string path = folder.write("users", ann);
    chmod(path.c_str(), 0600);
    ASSERT_TRUE(user_file(path, log.sink()).read().ok());
    EXPECT_EQ(log.text(), "");
    chmod(path.c_str(), 0640);
    ASSERT_TRUE(user_file(path, log.sink()).read().ok());
    EXPECT_TRUE(log.has("chmod 600")) << log.text();
}

TEST(PasswordHash, MatchesItsPasswordAlone)
{
    const std::string hash = hash_of("ann's password");
    EXPECT_EQ(hash.substr(0, 3), "$y$");
    EXPECT_TRUE(password_matches("ann's password", hash));
    EXPECT_FALSE(password_matches("ann's passwort", hash));
    EXPECT_FALSE(password_matches("", hash));
    EXPECT_FALSE(password_matches(std::string("ann's password\0", 15), hash));
    EXPECT_FALSE(password_matches(std::string(100000, 'a'), hash));
    EXPECT_FALSE(password_matches("*0", "*0"));
    EXPECT_FALSE(password_matches("x", ""));
    EXPECT_FALSE(check_password("1234567").ok());
    EXPECT_TRUE(check_password("12345678").ok());
    EXPECT_FALSE(check_password(std::string(512, 'a')).ok());
    std::string other;
    ASSERT_TRUE(hash_password("ann's password", &other).ok());
    EXPECT_NE(other, hash);  // another salt
}

}  // namespace
}  // namespace lars
