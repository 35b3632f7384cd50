#include "testing.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>
#include <type_traits>

#include "config_file.h"

static_assert(std::is_same<unsigned, decltype(config_file::instance()->GetNumber("section", "key"))>::value,
              "a number is not negative");

namespace {

// A file with this text, read; and what was said about it.
struct reading {
    explicit reading(const std::string &text) : path(testing::TempDir() + "c." + std::to_string(getpid()) + ".conf")
    {
        std::ofstream(path) << text;
        testing::internal::CaptureStderr();
        ok = config_file::setPath(path);
        error = testing::internal::GetCapturedStderr();
        remove(path.c_str());
    }
    bool says(const std::string &what) const { return error.find(path + what) != std::string::npos; }

    std::string path, error;
    bool ok;
};

}  // namespace

TEST(ConfigFile, WithoutAFileEverythingIsTheDefault)
{
    EXPECT_EQ("0.0.0.0", config_file::instance()->GetString("reactor", "ip", "0.0.0.0"));
    EXPECT_EQ(8u, config_file::instance()->GetNumber("reactor", "x", 8));
}

TEST(ConfigFile, ReadsEachKind)
{
    reading r("# first\n[a]\ntext = some words here\nnumber=4294967295\n  yes = on\nno=false\r\nhalf = 0.5\n"
              "list = one, two,three ,\n\n[b]\nnumber = 7 ; comment\nhash = 8\t# comment\nempty =\nurl = a;b#c\n");
    ASSERT_TRUE(r.ok) << r.error;
    config_file *c = config_file::instance();
    EXPECT_EQ("some words here", c->GetString("a", "text", ""));
    EXPECT_EQ(4294967295u, c->GetNumber("a", "number", 0));
    EXPECT_TRUE(c->GetBool("a", "yes", false));
    EXPECT_FALSE(c->GetBool("a", "no", true));
    EXPECT_FLOAT_EQ(0.5f, c->GetFloat("a", "half", 0));
    EXPECT_EQ((std::vector<std::string>{"one", "two", "three", ""}), c->GetStringList("a", "list"));
    EXPECT_TRUE(c->GetStringList("a", "none").empty());
    EXPECT_EQ(7u, c->GetNumber("b", "number", 0));
    EXPECT_EQ(8u, c->GetNumber("b", "hash", 0));
    EXPECT_EQ("", c->GetString("b", "empty", "default"));
    EXPECT_EQ("a;b#c", c->GetString("b", "url", ""));
    EXPECT_EQ(3u, c->GetNumber("b", "none", 3));
    EXPECT_EQ(3u, c->GetNumber("none", "number", 3));
}

TEST(ConfigFile, Trap_R31_WhatIsWrongIsSaidWithFileLineAndKey)
{
    const std::pair<const char *, const char *> cases[] = {
        {"key = 1\n[a]\n", ":1: key stands before any [section]"},
        {"[a]\nk = 1\nk = 2\n", ":3: [a] k was set in line 2"},
        {"[a]\nnonsense\n", ":2: nonsense is no key = value"},
        {"[a]\n= 5\n", ":2: = 5 is no key = value"},
        {"[a\n", ":1: [a is no [section]"},
        {"[reactor]\nport = 70000\n", ":2: [reactor] port = 70000: not a number from 1 to 65535"},
        {"[reactor]\nport = abc\n", ":2: [reactor] port = abc"},
        {"[reactor]\n\nmaxConn = -1\n", ":3: [reactor] maxConn = -1"},
        {"[reactor]\nthreadNum = 99999999999999999999\n", ":2: [reactor] threadNum = 99999999999999999999"},
        {"[reactor]\nthreadNum =\n", ":2: [reactor] threadNum ="},
    };
    for (const auto &c : cases) {
        reading r(c.first);
        EXPECT_FALSE(r.ok) << c.first;
        EXPECT_TRUE(r.says(c.second)) << r.error;
    }
}

TEST(ConfigFile, Trap_R31_AFileThatCannotBeRead)
{
    testing::internal::CaptureStderr();
    EXPECT_FALSE(config_file::setPath("/no/such/file"));
    EXPECT_FALSE(config_file::setPath(testing::TempDir()));   // a folder
    EXPECT_NE(std::string::npos, testing::internal::GetCapturedStderr().find("/no/such/file: No such file"));
}

TEST(ConfigFile, AFileThatIsWrongChangesNothing)
{
    ASSERT_TRUE(reading("[a]\nk = before\n").ok);
    ASSERT_FALSE(reading("[a]\nk = after\nwrong\n").ok);
    EXPECT_EQ("before", config_file::instance()->GetString("a", "k", ""));
}

TEST(ConfigFile, Trap_R31_AValueOfAnotherKindIsReportedNotZero)
{
    reading r("[a]\nk = abc\nlong = 99999999999999999999\nhalf = 1.5x\n");
    ASSERT_TRUE(r.ok);
    testing::internal::CaptureStderr();
    EXPECT_EQ(5u, config_file::instance()->GetNumber("a", "k", 5));
    EXPECT_EQ(6u, config_file::instance()->GetNumber("a", "long", 6));
    EXPECT_TRUE(config_file::instance()->GetBool("a", "k", true));
    EXPECT_FLOAT_EQ(2.5f, config_file::instance()->GetFloat("a", "half", 2.5f));
    std::string error = testing::internal::GetCapturedStderr();
    EXPECT_EQ(4, kit::count_of(error, r.path + ":")) << error;
    EXPECT_NE(std::string::npos, error.find(":2: [a] k = abc: not a number"));
}

TEST(ConfigFile, WithoutADefaultItIsEmptyZeroOrFalse)
{
    ASSERT_TRUE(reading("[a]\nthere = 1\n").ok);
    config_file *c = config_file::instance();
    EXPECT_EQ("", c->GetString("a", "none"));
    EXPECT_EQ(0u, c->GetNumber("a", "none"));
    EXPECT_FALSE(c->GetBool("a", "none"));
    EXPECT_EQ("1", c->GetString("a", "there"));
    EXPECT_EQ(1u, c->GetNumber("a", "there"));
    EXPECT_TRUE(c->GetBool("a", "there"));
}

TEST(ConfigFile, Trap_R31_NumbersGoFromZeroToAllThatFits)
{
    reading r("[a]\nleast = 0\nmost = 4294967295\nmore = 4294967296\nless = -1\n");
    ASSERT_TRUE(r.ok);
    testing::internal::CaptureStderr();
    EXPECT_EQ(0u, config_file::instance()->GetNumber("a", "least", 5));
    EXPECT_EQ(4294967295u, config_file::instance()->GetNumber("a", "most", 5));
    EXPECT_EQ("", testing::internal::GetCapturedStderr());
    testing::internal::CaptureStderr();
    EXPECT_EQ(5u, config_file::instance()->GetNumber("a", "more", 5));
    EXPECT_EQ(6u, config_file::instance()->GetNumber("a", "less", 6));
    EXPECT_EQ(r.path + ":4: [a] more = 4294967296: not a number from 0 to 4294967295\n" +
              r.path + ":5: [a] less = -1: not a number from 0 to 4294967295\n",
              testing::internal::GetCapturedStderr());
}

TEST(ConfigFile, TheStagesOwnFile)
{
    ASSERT_TRUE(config_file::setPath("conf/serv.conf"));
    config_file *c = config_file::instance();
    EXPECT_EQ("127.0.0.1", c->GetString("reactor", "ip"));
    EXPECT_EQ(7777u, c->GetNumber("reactor", "port"));
    EXPECT_EQ(1024u, c->GetNumber("reactor", "maxConn"));
    EXPECT_EQ(5u, c->GetNumber("reactor", "threadNum"));
}
