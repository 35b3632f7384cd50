// A server that requires TLS, and how a connection to it is described.
#include <gtest/gtest.h>

#include "certificates.h"
#include "database.h"
#include "db_client.h"

namespace lars {
namespace {

using namespace lars::test;

class DbTls : public testing::Test {
protected:
    // Its certificate names 127.0.0.1 and not "localhost".
    static void SetUpTestSuite()
    {
        _ca = new certificates;
        _other_ca = new certificates;
        _ca->make("server", "IP:127.0.0.1");
        _ca->make("client", "DNS:client");
        _server = new database_server;
        _server->set_arguments({"--ssl-ca=" + _ca->ca(), "--ssl-cert=" + _ca->certificate("server"),
                                "--ssl-key=" + _ca->key("server"),
                                "--require-secure-transport=ON"});
        const status s = _server->start();
        ASSERT_TRUE(s) << s.message();
        db_client admin(_server->admin());
        ASSERT_TRUE(admin.connect());
        for (const char *statement :
             {"CREATE DATABASE lars_dns", "CREATE USER u@'127.0.0.1' IDENTIFIED BY 'right'",
              "GRANT ALL ON lars_dns.* TO u@'127.0.0.1'",
              "CREATE USER x@'127.0.0.1' IDENTIFIED BY 'right' REQUIRE X509",
              "GRANT ALL ON lars_dns.* TO x@'127.0.0.1'"})
            ASSERT_TRUE(admin.execute(statement)) << statement;
    }
    static void TearDownTestSuite()
    {
        delete _server;
        delete _other_ca;
        delete _ca;
    }

    static db_options options()
    {
        db_options options;
        options.port = _server->port();
        options.user = "u";
        options.password = "right";
        return options;
    }

    // "" for an encrypted connection, else the error, which has to be of that kind.
    static std::string error(const db_options &options, status_kind kind = status_kind::denied)
    {
        db_client client(options);
        const status s = client.connect();
        EXPECT_EQ(s.kind(), s ? status_kind::ok : kind) << s.message();
        EXPECT_EQ(client.encryption().empty(), !s) << s.message();
        EXPECT_EQ(s.message().find("right"), std::string::npos) << s.message();
        return s.message();
    }
    static void expect_told(const std::string &message, const std::string &what)
    {
        EXPECT_NE(message.find(what), std::string::npos) << message;
    }

    static certificates *_ca;
    static certificates *_other_ca;
    static database_server *_server;
};

certificates *DbTls::_ca = nullptr;
certificates *DbTls::_other_ca = nullptr;
database_server *DbTls::_server = nullptr;

TEST_F(DbTls, WithoutKeysTheMessageNamesTheKey)
{
    expect_told(error(options()), "db_ssl_ca");
}

TEST_F(DbTls, TheRightAuthorityIsEnough)
{
    db_options with = options();
    with.ssl_ca = _ca->ca();
    EXPECT_EQ(error(with), "");
    with.password = "wrong";
    expect_told(error(with), "Access denied");
}

TEST_F(DbTls, AnotherAuthorityIsRefusedUnlessNobodyChecks)
{
    db_options with = options();
    with.ssl_ca = _other_ca->ca();
    expect_told(error(with), "db_ssl_ca");
    with.ssl_verify = false;
    EXPECT_EQ(error(with), "");
}

TEST_F(DbTls, ACertificateForAnotherHostIsRefusedUnlessNobodyChecks)
{
    db_options with = options();
    with.ssl_ca = _ca->ca();
    with.host = "localhost";
    expect_told(error(with), "db_host");
    with.ssl_verify = false;
    EXPECT_EQ(error(with), "");
}

TEST_F(DbTls, AUserWhoNeedsACertificateIsToldSoAndGetsInWithIt)
{
    db_options with = options();
    with.user = "x";
    with.ssl_ca = _ca->ca();
    expect_told(error(with), "db_ssl_cert");
    with.ssl_cert = _ca->certificate("client");
    with.ssl_key = _ca->key("client");
    EXPECT_EQ(error(with), "");
    with.ssl_ca.clear();
    with.ssl_verify = false;
    EXPECT_EQ(error(with), "") << "any of the keys asks for TLS";
}

TEST_F(DbTls, AFileThatCannotBeReadIsNamedWithItsKey)
{
    db_options with = options();
    with.ssl_ca = "/nowhere/ca";
    expect_told(error(with, status_kind::unavailable), "db_ssl_ca /nowhere/ca: No such file");
    with.ssl_ca = _ca->ca();
    with.ssl_cert = _ca->certificate("client");
    with.ssl_key = "/nowhere/key";
    expect_told(error(with, status_kind::unavailable), "db_ssl_key /nowhere/key: No such file");
}

TEST_F(DbTls, ThereIsNoConnectionWithoutTlsWhereItIsAskedFor)
{
    database plain;
    for (const bool verify : {true, false}) {
        db_options with = plain.options();
        with.ssl_ca = _ca->ca();
        with.ssl_verify = verify;
        expect_told(error(with), "asks for TLS");
    }
}

}  // namespace
}  // namespace lars
