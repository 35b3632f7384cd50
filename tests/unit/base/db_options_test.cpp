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
