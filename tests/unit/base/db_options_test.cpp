#include <gtest/gtest.h>

#include "config_file.h"
#include "db_client.h"
#include "temp_dir.h"

namespace lars {
namespace {

// The error of a configuration with this [mysql] section; "" if there is none.
std::string read(const std::string &section, db_options &options)
{
    test::temp_dir folder;
    config_file config;
    status s = config.load(folder.write("a.conf", "[mysql]\n" + section));
    if (s) {
        read_db_options(config, &options);
        s = config.finish();
    }
    return s.message();
}

TEST(DbOptions, EveryKeyIsRead)
{
    db_options options;
    EXPECT_EQ(read("db_host = 10.0.0.1\ndb_port = 33306\ndb_socket = /tmp/s\ndb_user = u\n"
                   "db_passwd = p\ndb_name = n\n",
                   options),
              "");
    EXPECT_EQ(options.host, "10.0.0.1");
    EXPECT_EQ(options.port, 33306);
    EXPECT_EQ(options.socket, "/tmp/s");
    EXPECT_EQ(options.user, "u");
    EXPECT_EQ(options.password, "p");
    EXPECT_EQ(options.database, "n");
}

TEST(DbOptions, SeveralServersStandInAddrs)
{
    db_options options;
    EXPECT_EQ(read("db_user = u\ndb_addrs = 10.0.0.1:3306, db2.example.net:3307\n", options), "");
    EXPECT_EQ(options.servers,
              (std::vector<server_address>{{"10.0.0.1", 3306}, {"db2.example.net", 3307}}));
    EXPECT_EQ(options.describe(), "u@10.0.0.1:3306/lars_dns") << "the one that is tried first";
    db_options other;
    EXPECT_EQ(read("db_user = u\ndb_addrs = 10.0.0.1:3306, db3.example.net:3307\n", other), "");
    EXPECT_FALSE(options == other);

    for (const char *wrong :
         {"", "a:1,", "a:1,,b:1", "a:1, b:2, a:1", "a", "a:0", "a:x", "a..b:1", "[::1]:3306"}) {
        const std::string said =
            read("db_user = u\ndb_addrs = " + std::string(wrong) + "\n", options = db_options());
        EXPECT_NE(said.find(":3: [mysql] db_addrs: the value is not a list"), std::string::npos)
            << said;
    }
    for (const char *more : {"db_host = a\n", "db_port = 1\n", "db_socket = /tmp/s\n"}) {
        const std::string said =
            read("db_user = u\ndb_addrs = a:1, b:2\n" + std::string(more), options = db_options());
        EXPECT_NE(said.find(":3: [mysql] db_addrs: "), std::string::npos) << said;
    }
    EXPECT_EQ(read("db_user = u\ndb_addrs = a:1\ndb_socket =\n", options = db_options()), "")
        << "an empty socket is none";
}

TEST(DbOptions, ThePasswordMayBeInAFileButNotInBoth)
{
    db_options options;
    EXPECT_EQ(read("db_user = u\ndb_passwd_file = run/p\n", options), "");
    EXPECT_EQ(options.password_file, "run/p");
    EXPECT_EQ(options.password, "");
    const std::string both = read("db_user = u\ndb_passwd = secret\ndb_passwd_file = p\n", options);
    EXPECT_NE(both.find(":4: [mysql] db_passwd_file"), std::string::npos) << both;
    EXPECT_EQ(both.find("secret"), std::string::npos) << both;
}

TEST(DbOptions, TlsKeysAreReadAndHaveToFitTogether)
{
    db_options options;
    EXPECT_FALSE(options.needs_tls());
    EXPECT_EQ(read("db_user = u\ndb_ssl_ca = ca\n", options), "");
    EXPECT_EQ(options.ssl_ca, "ca");
    EXPECT_TRUE(options.ssl_verify);
    EXPECT_TRUE(options.needs_tls());
    EXPECT_EQ(read("db_user = u\ndb_ssl_cert = c\ndb_ssl_key = k\ndb_ssl_verify = no\n",
                   options = db_options()),
              "");
    EXPECT_EQ(options.ssl_cert, "c");
    EXPECT_EQ(options.ssl_key, "k");
    EXPECT_FALSE(options.ssl_verify);
    EXPECT_TRUE(options.needs_tls());
    EXPECT_EQ(read("db_user = u\ndb_ssl_ca =\n", options = db_options()), "");
    EXPECT_FALSE(options.needs_tls());

    const std::pair<const char *, const char *> wrong[] = {
        {"db_ssl_ca = a\ndb_ssl_cert = c\n", ":4: [mysql] db_ssl_cert"},
        {"db_ssl_ca = a\ndb_ssl_key = k\n", ":4: [mysql] db_ssl_key"},
        {"db_ssl_cert = c\ndb_ssl_key = k\n", ":3: [mysql] db_ssl_cert"},
        {"db_ssl_verify = yes\n", ":3: [mysql] db_ssl_verify"},
        {"db_ssl_verify = no\n", ":3: [mysql] db_ssl_verify"},
        {"db_ssl_ca = a\ndb_ssl_verify = maybe\n", ":4: [mysql] db_ssl_verify"}};
    for (const auto &[section, message] : wrong) {
        const std::string said =
            read("db_user = u\n" + std::string(section), options = db_options());
        EXPECT_NE(said.find(message), std::string::npos) << said;
    }
}

TEST(DbOptions, WhateverLeadsToAnotherConnectionMakesThemDiffer)
{
    const std::string first = "db_user = u\ndb_passwd = p\ndb_ssl_ca = a\n";
    db_options one, same;
    EXPECT_EQ(read(first, one) + read(first, same), "");
    EXPECT_TRUE(one == same);
    for (const char *more : {"db_host = h\n", "db_port = 1\n", "db_socket = s\n", "db_name = n\n",
                             "db_ssl_cert = c\ndb_ssl_key = k\n", "db_ssl_verify = no\n"}) {
        db_options other;
        EXPECT_EQ(read(first + more, other), "");
        EXPECT_FALSE(one == other) << more;
    }
    db_options in_file;
    EXPECT_EQ(read("db_user = u\ndb_passwd_file = p\ndb_ssl_ca = a\n", in_file), "");
    EXPECT_FALSE(one == in_file);
}

TEST(DbOptions, OnlyTheUserMustBeGiven)
{
    db_options options;
    EXPECT_EQ(read("db_user = u\n", options), "");
    EXPECT_EQ(options.host, "127.0.0.1");
    EXPECT_EQ(options.port, 3306);
    EXPECT_EQ(options.database, "lars_dns");
    EXPECT_NE(read("", options = db_options()).find("db_user"), std::string::npos);
}

TEST(DbOptions, WrongValuesNameTheirLineAndKey)
{
    const auto error = [](const std::string &section) {
        db_options fresh;
        return read("db_user = u\n" + section, fresh);
    };
    for (const char *wrong : {"0", "-1", "65536", "70000", "abc", "99999999999999999999", ""}) {
        const std::string message = error("db_port = " + std::string(wrong) + "\n");
        EXPECT_NE(message.find(":3: [mysql] db_port"), std::string::npos) << message;
    }
    EXPECT_NE(error("db_hots = x\n").find("db_hots"), std::string::npos);
    EXPECT_NE(error("db_host =\n").find(":3: [mysql] db_host"), std::string::npos);
    EXPECT_NE(error("db_name =\n").find(":3: [mysql] db_name"), std::string::npos);
    EXPECT_NE(error("db_socket = /" + std::string(120, 'x') + "\n").find(":3: [mysql] db_socket"),
              std::string::npos);
}

TEST(DbOptions, MessagesDoNotTellThePassword)
{
    db_options options;
    options.user = "u";
    options.password = "secret";
    EXPECT_EQ(options.describe(), "u@127.0.0.1:3306/lars_dns");
    options.socket = "/tmp/s";
    EXPECT_EQ(options.describe(), "u@/tmp/s/lars_dns");
}

}  // namespace
}  // namespace lars
