// The way of each request through the rules takes no memory: that would be a
// lock and a place to be slow.
#include <cstdlib>
#include <new>

#include "route_lb.h"
#include "scripted_hosts.h"

static thread_local size_t allocations = 0;

void *operator new(size_t size)
{
    ++allocations;
    if (void *room = std::malloc(size > 0 ? size : 1))
        return room;
    throw std::bad_alloc();
}
void operator delete(void *room) noexcept
{
    std::free(room);
}
void operator delete(void *room, size_t) noexcept
{
    std::free(room);
}

namespace lars {
namespace {

TEST(Allocation, ChoosingAndReportingTakesNone)
{
    route_lb modules(lb_config(), [](const module_id &) {});
    const lb_time now(std::chrono::seconds(1000));
    const std::vector<route_host> hosts = test::hosts_of({"10.0.0.1:80", "10.0.0.2:80"});
    const auto report = [&](const route_host &host, bool success, uint32_t timecost_ms) {
        return modules.report({{1, 1}, host.address, success, timecost_ms}, now);
    };
    endpoint chosen;
    modules.get_host({1, 1}, now, &chosen);
    modules.update({{1, 1}, hosts}, now);
    ASSERT_TRUE(report(hosts[0], false, 5000));
    ASSERT_TRUE(modules.find({1, 1})->find(hosts[0].address)->overloaded());

    const size_t before = allocations;
    for (int i = 0; i < 100; ++i) {
        modules.get_host({1, 1}, now, &chosen);
        report(hosts[1], i % 20 != 0, 0);
        modules.get_route({1, 1}, now);
    }
    EXPECT_EQ(allocations - before, 0u);
}

}  // namespace
}  // namespace lars
