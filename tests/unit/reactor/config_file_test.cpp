#include "config_file.h"

#include <gtest/gtest.h>

#include <clocale>

#include "process.h"
#include "temp_dir.h"

namespace lars {
namespace {

using test::temp_dir;

struct ConfigFile : testing::Test {
    temp_dir folder;
    config_file config;

    status load(const std::string &text) { return config.load(folder.write("a.conf", text)); }
    // The error names the file with this line, and each of WORDS.
    void expect_error(const status &s, int line, const std::vector<std::string> &words)
    {
        ASSERT_FALSE(s.ok());
        const std::string where = folder.file("a.conf") + ":" + std::to_string(line) + ": ";
        EXPECT_EQ(s.message().find(where), 0u) << s.message();
        for (const std::string &word : words)
            EXPECT_NE(s.message().find(word), std::string::npos) << s.message() << " / " << word;
    }
    int64_t port() { return config.get_number("reactor", "port", 7778, 1, 65535); }
};

TEST_F(ConfigFile, ReadsEveryKindOfValue)
{
    ASSERT_TRUE(load("# a comment\n; another\n\n[reactor]\nport = 1234\n\tname=\ta b \n"
                     "quoted = \" # ; = \"\nyes = true\nno=off\nratio = 0.95\nip = 10.0.0.1\n"
                     "addrs = 10.0.0.1:1, 10.0.0.2:2\nlow = -5\nempty =\nmany = a=b\n")
                    .ok());
    EXPECT_EQ(port(), 1234);
    EXPECT_EQ(config.get_string("reactor", "name", ""), "a b");
    EXPECT_EQ(config.get_string("reactor", "quoted", ""), " # ; = ");
    EXPECT_TRUE(config.get_bool("reactor", "yes", false));
    EXPECT_FALSE(config.get_bool("reactor", "no", true));
    EXPECT_EQ(config.get_decimal("reactor", "ratio", "1", 0, 1), "0.95");
    EXPECT_EQ(config.get_ip("reactor", "ip", 0), 0x0a000001u);
    EXPECT_EQ(config.get_servers("reactor", "addrs").size(), 2u);
    EXPECT_EQ(config.get_number("reactor", "low", 0, -5, 5), -5);
    EXPECT_EQ(config.get_string("reactor", "empty", "fallback"), "");
    EXPECT_EQ(config.get_string("reactor", "many", ""), "a=b");
    EXPECT_TRUE(config.finish().ok()) << config.finish().message();
}

TEST_F(ConfigFile, WhatIsAbsentIsTheFallback)
{
    ASSERT_TRUE(load("[reactor]\n").ok());
    EXPECT_EQ(port(), 7778);
    EXPECT_EQ(config.get_string("no", "key", "fallback"), "fallback");
    EXPECT_TRUE(config.get_bool("reactor", "flag", true));
    EXPECT_EQ(config.get_decimal("reactor", "ratio", "0.5", 0, 1), "0.5");
    EXPECT_EQ(config.get_ip("reactor", "ip", 7), 7u);
    EXPECT_TRUE(config.get_servers("reactor", "addrs").empty());
    EXPECT_TRUE(config.has_section("reactor"));
    EXPECT_FALSE(config.has_section("no"));
    EXPECT_FALSE(config.has("reactor", "port"));
    EXPECT_TRUE(config.finish().ok());
}

TEST_F(ConfigFile, CrlfAndAMissingLastNewlineAreFine)
{
    ASSERT_TRUE(load("[reactor]\r\nport = 99\r\nname = x").ok());
    EXPECT_EQ(port(), 99);
    EXPECT_EQ(config.get_string("reactor", "name", ""), "x");
    EXPECT_TRUE(config.finish().ok());
}

TEST_F(ConfigFile, AByteOrderMarkIsSkipped)
{
    ASSERT_TRUE(load("\xef\xbb\xbf[a]\nkey = 1\n"));
    EXPECT_EQ(config.get_number("a", "key", 0, 0, 9), 1);
    // Only there.
    config = config_file();
    EXPECT_FALSE(load("[a]\n\xef\xbb\xbf[b]\n"));
}

// Every line here holds "hunter2" where a password may have been typed.
TEST_F(ConfigFile, NoMessageTellsWhatMayBeAPassword)
{
    for (const char *text :
         {"hunter2\n", "hunter2=\n", "hunter2==\n", "db_passwd hunter2\n", "db_passwd: hunter2\n",
          "[mysql]\nhunter2\n", "[mysql]\nhunter2 = \n", "[mysql]\ndb_passwd hunter2\n",
          "[mysql]\ndb_passwd hunter2=x\n", "[mysql]\n[hunter2\n", "[mysql]\n= hunter2\n",
          "[mysql]\ndb_passwd = hunter2 # mine\n", "[mysql]\ndb_passwd = x\ndb_passwd = hunter2\n",
          "[mysql]\ndb_pasword = hunter2\n", "[mysql]\ndb_port = hunter2\n", "[dns]\nhunter2\n",
          "[dns]\ndb_passwd = hunter2\n", "[other]\npassword_size = hunter2\n"}) {
        config = config_file();
        status s = load(text);
        if (s) {
            config.get_number("mysql", "db_port", 1, 1, 65535);
            config.get_number("other", "password_size", 1, 1, 9);
            config.get_string("mysql", "db_passwd", "");
            s = config.finish();
        }
        EXPECT_FALSE(s) << text;
        EXPECT_NE(s.message().find(".conf:"), std::string::npos) << s.message();
        EXPECT_EQ(s.message().find("hunter2"), std::string::npos) << s.message();
    }
}

TEST_F(ConfigFile, Trap_R31_AKeyBeforeAnySection)
{
    expect_error(load("\nport = 1\n[reactor]\n"), 2, {"port", "section"});
}

TEST_F(ConfigFile, Trap_R31_ANumberThatIsNone)
{
    for (const std::string value : {"-1", "99999999999999999999", "-99999999999999999999", "abc",
                                    "70000", "", "0", "0x10", "1e3", "12 3", "12a", "+5", "1.0",
                                    "7778 # comment", "7778\t# comment", "7778 ; comment"}) {
        config = config_file();
        status s = load("[reactor]\n\nport=" + value + "\n");
        if (s.ok()) {
            EXPECT_EQ(port(), 7778) << value;  // never a silent zero
            s = config.finish();
        }
        expect_error(s, 3, {"reactor", "port"});
    }
}

TEST_F(ConfigFile, Trap_R31_ACommentAfterAValue)
{
    for (const std::string comment :
         {" # the name", " ; the name", "\t# the name", "\t; the name"}) {
        config = config_file();
        expect_error(load("[mysql]\ndb_name = lars_dns" + comment + "\n"), 2,
                     {"mysql", "db_name", "comment"});
    }
    config = config_file();
    ASSERT_TRUE(load("[mysql]\npasswd = a#b;c\nother = \"a # b\"\n").ok());
    EXPECT_EQ(config.get_string("mysql", "passwd", ""), "a#b;c");
    EXPECT_EQ(config.get_string("mysql", "other", ""), "a # b");
}

TEST_F(ConfigFile, Trap_R31_AFileThatCannotBeRead)
{
    const status absent = config.load(folder.file("absent.conf"));
    ASSERT_FALSE(absent.ok());
    EXPECT_NE(absent.message().find(folder.file("absent.conf")), std::string::npos);
    EXPECT_NE(absent.message().find("No such file"), std::string::npos);

    config = config_file();
    const status a_folder = config.load(folder.path());
    ASSERT_FALSE(a_folder.ok());
    EXPECT_NE(a_folder.message().find(folder.path()), std::string::npos);
    EXPECT_NE(a_folder.message().find("directory"), std::string::npos) << a_folder.message();
}

TEST_F(ConfigFile, Trap_R31_AKeyOrSectionGivenTwice)
{
    expect_error(load("[reactor]\nport = 1\nport = 2\n"), 3, {"reactor", "port", "twice"});
    config = config_file();
    expect_error(load("[reactor]\n[mysql]\n[reactor]\n"), 3, {"reactor", "twice"});
}

TEST_F(ConfigFile, LinesThatAreNothingAreErrors)
{
    for (const std::string line :
         {"port", "= 5", "[reactor", "[]", "[ ]", "[reactor] # comment", "port 5", "<<<<<<<"}) {
        config = config_file();
        expect_error(load("[other]\n" + line + "\n"), 2, {});
    }
}

// Of a program that uses the library: ours have the locale that all begin with.
TEST_F(ConfigFile, ADecimalIsTheSameInEveryLocale)
{
    const test::run_result made =
        test::run("localedef", {"-i", "de_DE", "-f", "UTF-8", folder.file("de_DE.UTF-8")});
    setenv("LOCPATH", folder.path().c_str(), 1);
    const bool has_comma = setlocale(LC_NUMERIC, "de_DE.UTF-8") != nullptr;
    if (has_comma) {
        EXPECT_EQ(std::string(localeconv()->decimal_point), ",");
        EXPECT_TRUE(load("[s]\nd = 0.75\nc = 0,75\n"));
        EXPECT_EQ(config.get_decimal("s", "d", "x", 0.5, 1), "0.75");
        EXPECT_EQ(config.get_decimal("s", "c", "x", 0, 1), "x");
        expect_error(config.finish(), 3, {"[s] c", "from 0 to 1"});
    }
    setlocale(LC_NUMERIC, "C");
    unsetenv("LOCPATH");
    if (!has_comma)
        GTEST_SKIP() << "no locale with a comma can be made here: " << made.output;
}

TEST_F(ConfigFile, WrongValuesOfEveryKindNameTheirKey)
{
    const std::string text = "[s]\nb = maybe\nd = 1.\ni = 1.2.3\ne = 1.2.3.4:5,\n";
    for (int line = 2; line <= 5; ++line) {
        config = config_file();
        ASSERT_TRUE(load(text).ok());
        EXPECT_TRUE(line == 2 ? config.get_bool("s", "b", true) : config.has("s", "b"));
        EXPECT_EQ(line == 3 ? config.get_decimal("s", "d", "0.5", 0, 1) : "0.5", "0.5");
        EXPECT_EQ(line == 4 ? config.get_ip("s", "i", 7) : 7, 7u);
        EXPECT_TRUE(line != 5 || config.get_servers("s", "e").empty());
        config.ignore_section("s");
        expect_error(config.finish(), line, {"[s] " + std::string(1, "bdie"[line - 2])});
    }
}

TEST_F(ConfigFile, ADecimalIsPlainAndInItsRange)
{
    for (const std::string value : {"1.5", "-0.5", "abc", "", ".", ".5", "1.", "1e-1", "0x1", "nan",
                                    "inf", "0.5.5", "0.5 "}) {
        config = config_file();
        ASSERT_TRUE(load("[s]\nd = \"" + value + "\"\n").ok());
        EXPECT_EQ(config.get_decimal("s", "d", "0.25", 0, 1), "0.25") << value;
        expect_error(config.finish(), 2, {"[s] d"});
    }
    for (const std::string value : {"0", "1", "0.0", "1.0", "0.95"}) {
        config = config_file();
        ASSERT_TRUE(load("[s]\nd = " + value + "\n").ok());
        EXPECT_EQ(config.get_decimal("s", "d", "0.25", 0, 1), value);
        EXPECT_TRUE(config.finish().ok());
    }
}

TEST_F(ConfigFile, AnUnknownKeyIsAMistake)
{
    ASSERT_TRUE(load("[reactor]\nport = 1\nprot = 2\n[reactr]\nport = 3\n").ok());
    EXPECT_EQ(port(), 1);
    expect_error(config.finish(), 3, {"reactor", "prot", "no such key"});
}

TEST_F(ConfigFile, TheFirstMistakeInTheFileIsTold)
{
    ASSERT_TRUE(load("[b]\nx = 1\ny = bad\n[a]\nz = bad\n").ok());
    config.get_number("a", "z", 0, 0, 9);
    config.get_number("b", "y", 0, 0, 9);
    config.get_number("b", "x", 0, 0, 9);
    expect_error(config.finish(), 3, {"[b] y"});
}

TEST_F(ConfigFile, AnAliasIsTakenAsItsSection)
{
    ASSERT_TRUE(load("[repoter]\ndb_thread_cnt = 7\n").ok());
    EXPECT_TRUE(config.has_section("repoter"));
    config.alias_section("repoter", "reporter");
    config.alias_section("other", "reporter");
    EXPECT_EQ(config.get_number("reporter", "db_thread_cnt", 3, 1, 100), 7);
    EXPECT_TRUE(config.finish().ok());

    config = config_file();
    ASSERT_TRUE(load("[repoter]\na = 1\n[reporter]\na = 2\n").ok());
    config.alias_section("repoter", "reporter");
    EXPECT_EQ(config.get_number("reporter", "a", 0, 0, 9), 2);
    expect_error(config.finish(), 2, {"repoter", "a"});
}

TEST_F(ConfigFile, ASectionOfSomebodyElseCanBeIgnored)
{
    ASSERT_TRUE(load("[mine]\na = 1\n[theirs]\nb = 2\n").ok());
    config.get_number("mine", "a", 0, 0, 9);
    EXPECT_FALSE(config.finish().ok());
    config.ignore_section("theirs");
    config.ignore_section("absent");
    EXPECT_TRUE(config.finish().ok());
}

TEST_F(ConfigFile, TheCallerMayRejectAValue)
{
    ASSERT_TRUE(load("[s]\nlow = 5\nhigh = 4\n").ok());
    config.get_number("s", "low", 0, 0, 9);
    config.get_number("s", "high", 0, 0, 9);
    config.reject("s", "high", "is below low");
    expect_error(config.finish(), 3, {"[s] high", "is below low"});
}

}  // namespace
}  // namespace lars
