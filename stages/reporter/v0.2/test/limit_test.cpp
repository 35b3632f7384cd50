// The known limit of v0.2: one module's reports are stored by different threads, so an older
// one may be stored over a newer one. v0.3: Reporter.TheNewestReportOfAModuleStaysInTheTable.
#include "reports.h"

TEST(Limit, AnOlderReportOverwritesANewerOne)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "2"}}));
    kit::peer agent(reporter.port);
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(row_count_becomes(database, 1));

    // The next two reports: one to the thread that now waits for module 1, one to the other.
    database.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION; SELECT * FROM ServerCallStatus"
                 " WHERE modid = 1 AND cmdid = 1 AND ip = 1 AND port = 1 AND caller = INET_ATON('127.0.0.1') FOR UPDATE");
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 2)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(2, 1, {{1, 1}}, 2)));
    ASSERT_TRUE(locked_out(database, 1));
    ASSERT_TRUE(agent.send_frame(REPORT, report(7, 1, {{1, 1}}, 1000)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(7, 1, {{1, 1}}, 1001)));
    EXPECT_TRUE(becomes(database, "SELECT ts FROM ServerCallStatus WHERE modid = 7", "1001"));

    database.run("COMMIT");
    EXPECT_TRUE(becomes(database, "SELECT ts FROM ServerCallStatus WHERE modid = 7", "1000"));
}
