// The password in a file of its own.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "database.h"
#include "db_client.h"
#include "free_port.h"
#include "temp_dir.h"

namespace lars {
namespace {

using namespace lars::test;

class DbPasswordFile : public testing::Test {
protected:
    DbPasswordFile()
    {
        _options = _database.options();
        _options.password_file = _folder.file("p");
    }

    temp_dir _folder;
    database _database;
    db_options _options;
};

TEST_F(DbPasswordFile, ItsFirstLineIsReadAtEachConnect)
{
    const std::string right = _database.options().password;
    _options.password = "not this one";
    db_client client(_options);
    for (const std::string &text : {right, right + "\n", right + "\r\n", right + "\nmore\n"}) {
        write_text(_options.password_file, text);
        const status s = client.connect();
        EXPECT_TRUE(s) << s.message();
    }
    write_text(_options.password_file, "wrong\n");
    EXPECT_EQ(client.connect().kind(), status_kind::denied);
}

TEST_F(DbPasswordFile, OneThatCannotBeReadMeansThatTheDatabaseIsAway)
{
    db_client client(_options);
    const auto refused = [&] {
        const status s = client.connect();
        EXPECT_EQ(s.kind(), status_kind::unavailable) << s.message();
        EXPECT_NE(s.message().find("db_passwd_file " + client.options().password_file),
                  std::string::npos)
            << s.message();
        EXPECT_FALSE(client.connected());
        EXPECT_EQ(client.last_step(), db_client::step::files);
        return s.message();
    };
    EXPECT_NE(refused().find("No such file"), std::string::npos);
    write_text(_options.password_file, "\nsecret\n");
    EXPECT_EQ(refused().find("secret"), std::string::npos);
    write_text(_options.password_file, "");
    refused();
}

TEST_F(DbPasswordFile, WhatIsNoRegularFileIsNotWaitedFor)
{
    const std::string fifo = _folder.file("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    for (const std::string &file : {fifo, _folder.path()}) {
        for (const char *key : {"db_passwd_file", "db_ssl_ca", "db_ssl_key"}) {
            db_options options = _database.options();
            (key == std::string("db_passwd_file") ? options.password_file
             : key == std::string("db_ssl_ca")    ? options.ssl_ca
                                                  : options.ssl_key) = file;
            db_client client(options);
            const status s = client.connect();
            EXPECT_EQ(s.kind(), status_kind::unavailable);
            EXPECT_NE(s.message().find(key + (" " + file) + ": not a regular file"),
                      std::string::npos)
                << s.message();
        }
    }
}

TEST_F(DbPasswordFile, HowFarAConnectHasComeIsKnown)
{
    db_options wrong = _database.options();
    wrong.password = "wrong";
    db_client answered(wrong);
    EXPECT_FALSE(answered.connect());
    EXPECT_EQ(answered.last_step(), db_client::step::answered);
    wrong.port = free_port();
    db_client alone(wrong);
    EXPECT_FALSE(alone.connect());
    EXPECT_EQ(alone.last_step(), db_client::step::unanswered);
}

}  // namespace
}  // namespace lars
