// The known limits of v0.5.
#include "rules.h"

// The next report, not a clock, ends a window or a rest. The final system has a timer for it.
TEST(Limit, WithoutAReportNothingEnds)
{
    with_config config;
    module_with with({10, 11});
    with.make_overload(10);
    with.report(11, 1, 14);
    scripted_time += 1000;
    EXPECT_TRUE(with.host(10)->overload);
    EXPECT_EQ("11 11 11 11 11 ", with.choices(5));
    EXPECT_EQ("vsucc 180 verr 14 rsucc 0 rerr 14 row 0 14", with.counts(11));
}

// One failed call alone in a window condemns a host. v0.9 wants two such windows:
// Rules.Trap_A12_OneFailedCallAloneCondemnsNobody.
TEST(Limit, OneFailedCallAloneCondemnsAHost)
{
    with_config config;
    module_with with({10});
    with.report_each(20, 10, 0);
    with.report_each(20, 10, 0);
    with.report_each(20, 10, 1);
    EXPECT_TRUE(with.host(10)->overload);
}
