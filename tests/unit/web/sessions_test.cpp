#include "sessions.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "console.h"

namespace lars {
namespace {

using namespace test;

constexpr int64_t NOW = 1700000000;

struct kept_sessions {
    kept_sessions() { users.entries["ann"] = {right::change, "hash of ann", false}; }
    void open(sessions *s) const
    {
        const status opened = s->open(folder.file("key"));
        ASSERT_TRUE(opened.ok()) << opened.message();
    }
    std::string begin(const sessions &s, int64_t now = NOW) const
    {
        std::string value;
        EXPECT_TRUE(s.begin("ann", users.entries.at("ann"), now, &value).ok());
        return value;
    }

    temp_dir folder;
    user_list users;
    std::chrono::seconds life{3600};
};

TEST(Sessions, ASessionIsFoundAsLongAsItLives)
{
    kept_sessions k;
    sessions s(k.life);
    k.open(&s);
    const std::string value = k.begin(s);
    const auto found = s.find(value, k.users, NOW + 3599);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->user, "ann");
    EXPECT_EQ(found->may, right::change);
    EXPECT_FALSE(s.find(value, k.users, NOW + 3600));
    EXPECT_FALSE(s.find(value, k.users, NOW - 3600));  // from the future
}

TEST(Sessions, NoByteOfItCanBeAltered)
{
    kept_sessions k;
    sessions s(k.life);
    k.open(&s);
    k.users.entries["ann"] = k.users.entries["ann"];
    const std::string value = k.begin(s);
    for (size_t i = 0; i < value.size(); ++i) {
        for (const char other : {'0', '1', 'a', 'n', ':'}) {
            std::string altered = value;
            altered[i] = other;
            EXPECT_EQ(s.find(altered, k.users, NOW).has_value(), altered == value) << altered;
        }
        EXPECT_FALSE(s.find(value.substr(0, i), k.users, NOW));
    }
    EXPECT_FALSE(s.find(value + "0", k.users, NOW));
    EXPECT_FALSE(s.find(value + ":", k.users, NOW));
    EXPECT_FALSE(s.find(std::string(100000, ':'), k.users, NOW));
    EXPECT_FALSE(s.find(value.substr(0, value.rfind(':')) + ":", k.users, NOW));
}

TEST(Sessions, AnotherKeyAnotherPasswordOrNoUserEndIt)
{
    kept_sessions k;
    sessions s(k.life);
    k.open(&s);
    const std::string value = k.begin(s);
    kept_sessions elsewhere;
    sessions other(elsewhere.life);
    elsewhere.open(&other);
    EXPECT_FALSE(other.find(value, k.users, NOW));
    k.users.entries["ann"].hash = "another hash";
    EXPECT_FALSE(s.find(value, k.users, NOW));
    k.users.entries["ann"].hash = "hash of ann";
    EXPECT_TRUE(s.find(value, k.users, NOW));
    k.users.entries["ann"].token = true;
    EXPECT_FALSE(s.find(value, k.users, NOW));
    k.users.entries.clear();
    EXPECT_FALSE(s.find(value, k.users, NOW));
}

TEST(Sessions, TheRightIsThatOfNow)
{
    kept_sessions k;
    sessions s(k.life);
    k.open(&s);
    const std::string value = k.begin(s);
    k.users.entries["ann"].may = right::read;
    EXPECT_EQ(s.find(value, k.users, NOW)->may, right::read);
}

TEST(Sessions, OneThatWasEndedStaysSoAfterARestart)
{
    kept_sessions k;
    std::string ended, other;
    {
        sessions s(k.life);
        k.open(&s);
        ended = k.begin(s);
        other = k.begin(s);
        ASSERT_TRUE(s.end(*s.find(ended, k.users, NOW), NOW).ok());
        EXPECT_FALSE(s.find(ended, k.users, NOW));
        EXPECT_TRUE(s.find(other, k.users, NOW));
    }
    sessions s(k.life);
    k.open(&s);
    EXPECT_FALSE(s.find(ended, k.users, NOW));
    EXPECT_TRUE(s.find(other, k.users, NOW));
    // What is too old anyway is forgotten.
    ASSERT_TRUE(s.end(*s.find(other, k.users, NOW + 3599), NOW + 3601).ok());
    EXPECT_EQ(read_text(k.folder.file("key.ended")).find(ended.substr(15, 32)), std::string::npos);
}

TEST(Sessions, ACsrfTokenIsOneSessionsOwn)
{
    kept_sessions k;
    sessions s(k.life);
    k.open(&s);
    const auto first = s.find(k.begin(s), k.users, NOW);
    const std::string value = k.begin(s);
    const auto second = s.find(value, k.users, NOW);
    EXPECT_NE(s.csrf_token(*first), s.csrf_token(*second));
    EXPECT_EQ(s.csrf_token(*second), s.csrf_token(*s.find(value, k.users, NOW)));
    // It is no signature of the cookie.
    EXPECT_EQ(value.find(s.csrf_token(*second)), std::string::npos);
}

TEST(Sessions, TheKeyIsMadeOnceAndForItsOwner)
{
    const temp_dir folder;
    const std::string path = folder.file("key");
    sessions s(std::chrono::seconds(60));
    ASSERT_TRUE(s.open(path).ok());
    const std::string key = read_text(path);
    EXPECT_EQ(key.size(), 32u);
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    sessions again(std::chrono::seconds(60));
    ASSERT_TRUE(again.open(path).ok());
    EXPECT_EQ(read_text(path), key);
}

TEST(Sessions, AKeyThatIsNoneIsAnError)
{
    const temp_dir folder;
    const auto error_of = [](const std::string &path) {
        return sessions(std::chrono::seconds(60)).open(path).message();
    };
    const std::string short_key = folder.write("short", "0123456789");
    chmod(short_key.c_str(), 0600);
    EXPECT_NE(error_of(short_key).find(short_key), std::string::npos);
    const std::string known = folder.write("known", std::string(32, 'k'));
    chmod(known.c_str(), 0644);
    EXPECT_NE(error_of(known).find("chmod 600"), std::string::npos);
    EXPECT_NE(error_of(folder.file("none/key")), "");
    EXPECT_NE(error_of(folder.path()), "");
    const std::string fine = folder.write("fine", std::string(32, 'k'));
    chmod(fine.c_str(), 0600);
    folder.write("fine.ended", "0123 soon\n");
    EXPECT_NE(error_of(fine).find("fine.ended"), std::string::npos);
}

}  // namespace
}  // namespace lars
