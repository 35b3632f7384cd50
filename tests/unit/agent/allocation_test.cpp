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

void expect_no_allocations(const lb_config &config, int failures)
{
    route_lb modules(config, [](const module_id &) {});
    lb_time now(std::chrono::seconds(1000));
    const std::vector<route_host> hosts = test::hosts_of({"10.0.0.1:80", "10.0.0.2:80"});
    const auto report = [&](const route_host &host, bool success, uint32_t timecost_ms) {
        return modules.report({{1, 1}, host.address, success, timecost_ms}, now);
    };
    endpoint chosen;
    modules.get_host({1, 1}, now, &chosen);
    modules.update({{1, 1}, hosts}, now);
    for (int i = 0; i < 100; ++i)
        report(hosts[1], true, 0);
    bool changed = false;
    for (int i = 0; i < failures; ++i) {
        changed = report(hosts[0], false, 5000).has_value();
        report(hosts[1], true, 0);
    }
    ASSERT_TRUE(changed);
    ASSERT_TRUE(modules.find({1, 1})->overloaded(hosts[0].address));

    const size_t before = allocations;
    for (int i = 0; i < 100; ++i) {
        now += std::chrono::milliseconds(100);
        modules.get_host({1, 1}, now, &chosen);
        modules.report({{1, 1}, chosen, chosen != hosts[0].address, 0}, now);
        report(hosts[1], i % 20 != 0, 0);
        modules.get_route({1, 1}, now);
    }
    EXPECT_EQ(allocations - before, 0u);
}

TEST(Allocation, ChoosingAndReportingTakesNone)
{
    expect_no_allocations(test::course_rules(), 1);
    expect_no_allocations(lb_config(), 9);
}

}  // namespace
}  // namespace lars
