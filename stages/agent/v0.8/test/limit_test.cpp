// The known limit of v0.8, which it has from v0.5: behind little traffic one failed call alone
// in a window condemns a host. v0.9: Rules.Trap_A12_OneFailedCallAloneCondemnsNobody.
#include "rules.h"

TEST(Limit, OneFailedCallAloneCondemnsAHost)
{
    with_config config;
    module_with with({10});
    with.report_each(20, 10, 0);
    with.report_each(20, 10, 0);
    with.report_each(20, 10, 1);
    EXPECT_TRUE(with.host(10)->overload);
}
