// The known limit of v0.1: the network waits for the database. In v0.2 it does not:
// Reporter.ReadsOnWhileTheTableIsLocked.
#include "reports.h"

TEST(Limit, WhileTheTableIsLockedAnotherClientIsNotEvenRead)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database, {{"reactor.threadNum", "1"}}));
    kit::peer first(reporter.port), second(reporter.port);
    // The thread has a connection to the database, and both clients.
    ASSERT_TRUE(first.send_frame(REPORT, report(1, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(second.send_frame(REPORT, report(2, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 2));

    database.run("LOCK TABLES ServerCallStatus WRITE");
    ASSERT_TRUE(first.send_frame(REPORT, report(3, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(locked_out(database, 1));
    ASSERT_TRUE(second.send_frame(REPORT, report(4, 1, {{1, 1}}, 1)));
    EXPECT_TRUE(kit::eventually([&] { return unread(reporter, second) > 0; }));
    EXPECT_TRUE(second.silent());
    EXPECT_LT(0, unread(reporter, second));

    database.run("UNLOCK TABLES");
    EXPECT_TRUE(row_count_becomes(database, 4));
    EXPECT_EQ(0, unread(reporter, second));
}
