// When a module's route is asked for, with a clock of the test's own.
#include "rules.h"

#include "route_lb.h"

namespace {

struct module_of_the_dns : with_config {
    module_of_the_dns() : lb(1) { dns_queue = new thread_queue<lars::GetRouteRequest>; }
    ~module_of_the_dns()
    {
        delete dns_queue;
        dns_queue = NULL;
    }
    int use()
    {
        lars::GetHostResponse rsp;
        return lb.get_host(1, 1, rsp);
    }
    size_t asked()   // since the last time
    {
        std::queue<lars::GetRouteRequest> all;
        dns_queue->recv(all);
        return all.size();
    }
    void answer()
    {
        lars::GetRouteResponse rsp = kit::route_of(1, 1, {{10, 80}});
        lb.update_host(1, 1, rsp);
    }
    route_lb lb;
};

}  // namespace

TEST(Fresh, ARouteThatIsOldIsAskedForAtItsNextUse)
{
    module_of_the_dns module;
    EXPECT_EQ(lars::RET_NOEXIST, module.use());
    EXPECT_EQ(1u, module.asked());
    module.answer();
    EXPECT_EQ(lars::RET_SUCC, module.use());
    scripted_time += 14;
    EXPECT_EQ(lars::RET_SUCC, module.use());
    EXPECT_EQ(0u, module.asked());
    scripted_time += 1;
    EXPECT_EQ(lars::RET_SUCC, module.use());   // the old route is good until the new one comes
    EXPECT_EQ(lars::RET_SUCC, module.use());
    EXPECT_EQ(1u, module.asked());
    module.answer();
    EXPECT_EQ(lars::RET_SUCC, module.use());
    EXPECT_EQ(0u, module.asked());
}

TEST(Fresh, ARouteThatNobodyUsesIsNotAskedFor)
{
    module_of_the_dns module;
    module.use();
    module.answer();
    EXPECT_EQ(1u, module.asked());
    scripted_time += 1000;
    EXPECT_EQ(0u, module.asked());
}

TEST(Fresh, ANewConnectionLetsWhatWaitsAskAgain)
{
    module_of_the_dns module;
    module.use();
    EXPECT_EQ(1u, module.asked());
    module.use();
    EXPECT_EQ(0u, module.asked());
    module.lb.reset_lb_status();
    module.use();
    EXPECT_EQ(1u, module.asked());
    module.answer();
    module.lb.reset_lb_status();   // it does not wait: its route is young
    module.use();
    EXPECT_EQ(0u, module.asked());
}

TEST(Fresh, RemembersWhenTheRouteCame)
{
    with_config config;
    load_balance lb(1, 1);
    EXPECT_EQ(0, lb.last_update_time);
    lars::GetRouteResponse rsp = kit::route_of(1, 1, {{10, 80}});
    lb.update(rsp);
    EXPECT_EQ(scripted_time, lb.last_update_time);
}
