// A database whose host's name no name server answers for, or has several addresses.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstring>
#include <thread>

#include "database.h"
#include "db_client.h"
#include "endpoint.h"
#include "free_port.h"
#include "name_server.h"
#include "unique_fd.h"
#include "wait_until.h"

static constexpr const char *SILENT = "silent.test";
static constexpr const char *SEVERAL = "several.test";

namespace lars {
namespace {

using std::chrono::seconds;
using clock = std::chrono::steady_clock;

class DbHost : public testing::Test {
protected:
    DbHost()
    {
        _names.be_silent(SILENT);
        _names.set(SEVERAL, {"127.0.0.2", "127.0.0.3", "127.0.0.1"});
        _options.host = SILENT;
        _options.user = "lars";
        _options.connect_timeout = seconds(1);
    }

    test::name_server _names;
    db_options _options;
};

TEST_F(DbHost, ANameThatNobodyAnswersForTakesNoLongerThanAConnectMay)
{
    db_client client(_options);
    const auto before = clock::now();
    for (int i = 0; i < 2; ++i) {
        const status s = client.connect();
        EXPECT_EQ(s.kind(), status_kind::unavailable);
        EXPECT_NE(s.message().find("no name server"), std::string::npos) << s.message();
        EXPECT_EQ(client.last_step(), db_client::step::unanswered);
    }
    EXPECT_LT(clock::now() - before, seconds(4));
    EXPECT_EQ(_names.lookups(), 1) << "the second one waits for the lookup of the first";
    _names.set(SILENT, {});
    const status s = client.connect();
    EXPECT_EQ(s.kind(), status_kind::unavailable);
    EXPECT_EQ(s.message().find("no name server"), std::string::npos) << s.message();
}

// An address and port where connections are taken by nobody, nor refused: as if the machine
// were switched off.
class silent_place {
public:
    explicit silent_place(const endpoint &address)
    {
        _listening.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int yes = 1;
        setsockopt(_listening.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        const sockaddr_in name = address.to_sockaddr();
        const auto *place = reinterpret_cast<const sockaddr *>(&name);
        EXPECT_EQ(bind(_listening.get(), place, sizeof name), 0) << std::strerror(errno);
        EXPECT_EQ(listen(_listening.get(), 0), 0);
        for (unique_fd &waiting : _waiting) {
            waiting.reset(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            connect(waiting.get(), place, sizeof name);
        }
    }

private:
    unique_fd _listening;
    unique_fd _waiting[3];
};

TEST_F(DbHost, EachOfSeveralAddressesIsTriedAndNoneForLong)
{
    test::database_server server;
    ASSERT_TRUE(server.start());
    test::database database(server);
    const silent_place first(*endpoint::parse("127.0.0.2:" + std::to_string(server.port())));
    const silent_place second(*endpoint::parse("127.0.0.3:" + std::to_string(server.port())));
    db_options options = database.options();
    options.host = SEVERAL;
    db_client client(options);
    auto before = clock::now();
    const status connected = client.connect();
    EXPECT_TRUE(connected) << connected.message();
    EXPECT_LT(clock::now() - before, options.connect_timeout + seconds(1));

    client.close();
    ASSERT_TRUE(server.stop());
    const silent_place third(*endpoint::parse("127.0.0.1:" + std::to_string(server.port())));
    before = clock::now();
    EXPECT_EQ(client.connect().kind(), status_kind::unavailable);
    EXPECT_LT(clock::now() - before, options.connect_timeout + seconds(1));
}

TEST_F(DbHost, AnInterruptDoesNotWaitForANameServer)
{
    _options.connect_timeout = seconds(60);
    db_client client(_options);
    status asked;
    std::thread owner([&] { asked = client.connect(); });
    EXPECT_TRUE(test::wait_until([] { return test::name_server::waiting() == 1; }));
    const auto before = clock::now();
    client.interrupt();
    owner.join();
    EXPECT_LT(clock::now() - before, seconds(2));
    EXPECT_EQ(asked.kind(), status_kind::unavailable);
    EXPECT_NE(asked.message().find("interrupted"), std::string::npos) << asked.message();
}

}  // namespace
}  // namespace lars
