#include "reporter_options.h"

#include <gtest/gtest.h>

#include "paths.h"
#include "read_options.h"

namespace lars {
namespace {

const std::string MYSQL = "[mysql]\ndb_user = u\n";  // two lines

std::string read(const std::string &text, reporter_options *options)
{
    return test::read_options(read_reporter_options, "r.conf", MYSQL + text, options);
}

void expect_refused(const std::string &section, const std::string &key, const std::string &value)
{
    reporter_options options;
    const std::string message = read("[" + section + "]\n" + key + " = " + value + "\n", &options);
    EXPECT_EQ(message.find("r.conf:4: [" + section + "] " + key), 0u)
        << key << " = " << value << " gives: " << message;
}

TEST(ReporterOptions, Defaults)
{
    reporter_options options;
    ASSERT_EQ(read("", &options), "");
    EXPECT_EQ(options.server.address.to_string(), "127.0.0.1:7779");
    EXPECT_EQ(options.server.max_connections, 1024u);
    EXPECT_EQ(options.server.threads, 5);
    EXPECT_EQ(options.server, server_of_reporter());
    EXPECT_EQ(options.server.silent_timeout, std::chrono::seconds(60));
    EXPECT_EQ(options.storing_threads, 3);
    EXPECT_EQ(options.queue_limit, 100000u);
    EXPECT_FALSE(options.misspelt_section);
}

TEST(ReporterOptions, TheFileThatComesWithItIsGood)
{
    reporter_options options;
    const status s =
        read_reporter_options(test::source_path("lars_reporter/conf/lars_reporter.conf"), &options);
    ASSERT_TRUE(s) << s.message();
    EXPECT_EQ(options.server.max_per_address, 256u);
    options.server.max_per_address.reset();
    EXPECT_EQ(options.server, server_of_reporter());
    EXPECT_EQ(options.storing_threads, 3);
    EXPECT_EQ(options.queue_limit, 100000u);
}

TEST(ReporterOptions, EveryKeyIsRead)
{
    reporter_options options;
    ASSERT_EQ(read("[reactor]\nip = 10.0.0.1\nport = 7\nmaxConn = 8\nthreadNum = 0\n"
                   "maxConnPerAddress = 3\nallow = 10.0.0.0/8, 127.0.0.1\n"
                   "silent_timeout = 4\nmemory_limit = 5\n"
                   "[reporter]\ndb_thread_cnt = 9\nqueue_limit = 10\n",
                   &options),
              "");
    EXPECT_EQ(options.server.address.to_string(), "10.0.0.1:7");
    EXPECT_EQ(options.server.max_connections, 8u);
    EXPECT_EQ(options.server.threads, 0);
    EXPECT_EQ(options.server.max_per_address, 3u);
    EXPECT_EQ(options.server.allow.to_string(), "10.0.0.0/8, 127.0.0.1");
    EXPECT_EQ(options.server.silent_timeout, std::chrono::seconds(4));
    EXPECT_EQ(options.server.memory_limit_mib, 5u);
    EXPECT_EQ(options.storing_threads, 9);
    EXPECT_EQ(options.queue_limit, 10u);
    EXPECT_EQ(options.database.user, "u");
}

TEST(ReporterOptions, Trap_P3_TheMisspeltSectionIsHonouredAndTold)
{
    reporter_options options;
    ASSERT_EQ(read("[repoter]\ndb_thread_cnt = 7\n", &options), "");
    EXPECT_EQ(options.storing_threads, 7);
    EXPECT_TRUE(options.misspelt_section);
}

TEST(ReporterOptions, BothSpellingsMayStandTogetherUnlessTheySayTheSame)
{
    reporter_options options;
    ASSERT_EQ(read("[reporter]\nqueue_limit = 5\n[repoter]\ndb_thread_cnt = 7\n", &options), "");
    EXPECT_EQ(options.storing_threads, 7);
    EXPECT_EQ(options.queue_limit, 5u);
    const std::string message =
        read("[reporter]\ndb_thread_cnt = 5\n[repoter]\ndb_thread_cnt = 7\n", &options);
    EXPECT_EQ(message.find("r.conf:6: [repoter] db_thread_cnt"), 0u) << message;
}

TEST(ReporterOptions, MistakesNameFileLineAndKey)
{
    for (const char *value : {"0", "-1", "65", "abc", "", "7 # seven", "99999999999999999999"})
        expect_refused("reporter", "db_thread_cnt", value);
    for (const char *value : {"0", "-1", "100000001", "abc"})
        expect_refused("reporter", "queue_limit", value);
    for (const char *value : {"-1", "65536", "70000", "abc"})
        expect_refused("reactor", "port", value);
    for (const char *value : {"0", "-1", "1000001"})
        expect_refused("reactor", "maxConn", value);
    for (const char *value : {"-1", "65"})
        expect_refused("reactor", "threadNum", value);
    for (const char *value : {"-1", "1000001", "many", ""})
        expect_refused("reactor", "maxConnPerAddress", value);
    for (const char *value : {"-1", "86401", "1.5", ""})
        expect_refused("reactor", "silent_timeout", value);
    for (const char *value : {"0", "-1", "1000001", "1 MiB"})
        expect_refused("reactor", "memory_limit", value);
    for (const char *value : {"localhost", "10.0.0.0/33", "10.1.0.0/8", "10.0.0.0/8,", "::1"})
        expect_refused("reactor", "allow", value);
    expect_refused("reactor", "ip", "localhost");
    expect_refused("reporter", "db_threads", "3");
    expect_refused("reportr", "db_thread_cnt", "3");
}

TEST(ReporterOptions, AMistakeInTheMisspeltSectionNamesItsLine)
{
    reporter_options options;
    for (const char *line : {"db_thread_cnt = 0", "no_such_key = 1"}) {
        const std::string message = read("[repoter]\n" + std::string(line) + "\n", &options);
        EXPECT_EQ(message.find("r.conf:4: "), 0u) << message;
    }
}

}  // namespace
}  // namespace lars
