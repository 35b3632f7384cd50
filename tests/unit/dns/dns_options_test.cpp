#include "dns_options.h"

#include <gtest/gtest.h>

#include "paths.h"
#include "read_options.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string MYSQL = "[mysql]\ndb_user = u\n";  // two lines

std::string read(const std::string &text, dns_options *options)
{
    return test::read_options(read_dns_options, "d.conf", MYSQL + text, options);
}

void expect_refused(const std::string &section, const std::string &key, const std::string &value)
{
    dns_options options;
    options.snapshot = "untouched";
    const std::string message = read("[" + section + "]\n" + key + " = " + value + "\n", &options);
    EXPECT_EQ(message.find("d.conf:4: [" + section + "] " + key), 0u)
        << key << " = " << value << " gives: " << message;
    EXPECT_EQ(options.snapshot, "untouched");
}

void expect_defaults(const dns_options &options)
{
    EXPECT_EQ(options.server.address.to_string(), "127.0.0.1:7778");
    EXPECT_EQ(options.server.max_connections, 1024u);
    EXPECT_EQ(options.server.threads, 5);
    EXPECT_EQ(options.server.for_tcp_server().max_per_address, 256u);
    EXPECT_TRUE(options.server.allow.empty());
    EXPECT_EQ(options.server.silent_timeout, seconds(10));
    EXPECT_EQ(options.server.memory_limit_mib, 256u);
    EXPECT_EQ(options.poll_interval, milliseconds(100));
    EXPECT_EQ(options.reload_interval, seconds(8));
    EXPECT_EQ(options.change_retention, seconds(86400));
    EXPECT_TRUE(options.others.empty());
}

TEST(DnsOptions, Defaults)
{
    dns_options options;
    ASSERT_EQ(read("", &options), "");
    expect_defaults(options);
    EXPECT_EQ(options.snapshot, "");
}

TEST(DnsOptions, TheFileThatComesWithItIsGoodAndSaysTheDefaults)
{
    dns_options options;
    const status s = read_dns_options(test::source_path("lars_dns/conf/lars_dns.conf"), &options);
    ASSERT_TRUE(s) << s.message();
    expect_defaults(options);
}

TEST(DnsOptions, EveryKeyIsRead)
{
    dns_options options;
    ASSERT_EQ(read("[reactor]\nip = 10.0.0.1\nport = 7\nmaxConn = 8\nthreadNum = 0\n"
                   "maxConnPerAddress = 3\nallow = 10.0.0.0/8, 127.0.0.1\n"
                   "silent_timeout = 4\nmemory_limit = 5\n"
                   "[dns]\npoll_interval_ms = 11\nreload_interval = 12\nchange_retention = 61\n"
                   "snapshot = a file\nothers = dns2.example.net:7, 10.0.0.3:8\n",
                   &options),
              "");
    EXPECT_EQ(options.server.address.to_string(), "10.0.0.1:7");
    EXPECT_EQ(options.server.max_connections, 8u);
    EXPECT_EQ(options.server.threads, 0);
    EXPECT_EQ(options.server.max_per_address, 3u);
    EXPECT_EQ(options.server.allow.to_string(), "10.0.0.0/8, 127.0.0.1");
    EXPECT_EQ(options.server.silent_timeout, std::chrono::seconds(4));
    EXPECT_EQ(options.server.memory_limit_mib, 5u);
    EXPECT_EQ(options.poll_interval, milliseconds(11));
    EXPECT_EQ(options.reload_interval, seconds(12));
    EXPECT_EQ(options.change_retention, seconds(61));
    EXPECT_EQ(options.snapshot, "a file");
    ASSERT_EQ(options.others.size(), 2u);
    EXPECT_EQ(options.others[0].to_string(), "dns2.example.net:7");
    EXPECT_EQ(options.others[1].to_string(), "10.0.0.3:8");
    EXPECT_EQ(options.database.user, "u");
}

TEST(DnsOptions, MistakesNameFileLineAndKey)
{
    for (const char *key : {"poll_interval_ms", "reload_interval", "change_retention"}) {
        for (const char *value : {"0", "-1", "abc", "", "1.5", "99999999999999999999", "100 # ms"})
            expect_refused("dns", key, value);
    }
    expect_refused("dns", "poll_interval_ms", "9");
    expect_refused("dns", "change_retention", "59");
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
    expect_refused("reactor", "maxconn", "10");
    expect_refused("dsn", "snapshot", "x");
}

TEST(DnsOptions, AUserForTheDatabaseMustBeNamed)
{
    test::temp_dir folder;
    dns_options options;
    EXPECT_NE(read_dns_options(folder.write("d.conf", ""), &options).message().find("db_user"),
              std::string::npos);
}

}  // namespace
}  // namespace lars
