// The known limit of v0.9: a host whose calls time out after a second is reported so seldom that
// it is found late. v0.10: Rules.ADeadHostIsFoundInThreeTimeOuts.
#include "rules.h"

TEST(Limit, ADeadHostTakesFifteenTimeOuts)
{
    with_config config;
    module_with with({10});
    int calls = 0;
    while (!with.host(10)->overload && calls < 1000) {
        calls++;
        with.report_each(1, 10, 1);
    }
    EXPECT_EQ(15, calls);

    // With time-outs of three seconds it takes two windows, half a minute.
    module_with slow({10});
    time_t begin = scripted_time;
    while (!slow.host(10)->overload && scripted_time - begin < 1000) {
        slow.report_each(3, 10, 1);
    }
    EXPECT_EQ(30, scripted_time - begin);
}
