// The known limit of v0.3, which the final system lifts: there the reporter says what is stored,
// and an agent keeps its reports until then.
#include "reports.h"

TEST(Limit, AReportThatWaitsDiesWithTheReporterAndNobodyIsTold)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::peer agent(reporter.port);
    database.run("LOCK TABLES ServerCallStatus WRITE");
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 1)));
    ASSERT_TRUE(agent.send_frame(REPORT, report(1, 1, {{1, 1}}, 2)));
    ASSERT_TRUE(locked_out(database, 1));
    ASSERT_TRUE(kit::eventually([&] { return unread(reporter, agent) == 0; }));
    EXPECT_EQ(0, reporter.stop());
    database.run("UNLOCK TABLES");
    EXPECT_EQ("", agent.recv_all()) << "the agent was told something";

    reporter.restart();
    kit::peer again(reporter.port);
    ASSERT_TRUE(again.send_frame(REPORT, report(1, 2, {{1, 1}}, 3)));
    EXPECT_TRUE(becomes(database, "SELECT ts FROM ServerCallStatus WHERE cmdid = 2", "3"));
    EXPECT_EQ("0", database.value("SELECT COUNT(*) FROM ServerCallStatus WHERE ts = 2"));
}
