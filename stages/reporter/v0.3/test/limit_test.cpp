// The known limit of v0.3: a statement for each report. Reports of one host that wait together are
// all written, though only the last one stays. The final system writes the last one only:
// RowQueue.ALaterRowOfTheSameKeyTakesThePlaceOfTheFirst.
#include "reports.h"

TEST(Limit, EachReportIsAStatement)
{
    kit::schema database;
    keep_a_log(database);
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    database.run("LOCK TABLES ServerCallStatus WRITE, Writes WRITE");
    for (uint32_t ts = 1; ts <= 20; ts++) {
        ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, ts)));
    }
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; }));
    ASSERT_TRUE(locked_out(database, 1));
    database.run("UNLOCK TABLES");
    EXPECT_TRUE(becomes(database, "SELECT ts FROM ServerCallStatus", "20"));
    EXPECT_EQ("20", database.value("SELECT COUNT(*) FROM Writes"));
}
