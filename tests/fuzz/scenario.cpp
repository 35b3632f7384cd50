// A scenario of lars_sim of any bytes. What is refused names a line; what is taken can be
// played.
#include "scenario.h"

#include <cmath>
#include <sstream>

#include "named_line.h"

namespace lars::fuzz {

static void check(const scenario &read)
{
    expect(!read.hosts.empty() && read.hosts.size() <= 10000, "the number of hosts");
    expect(read.agents >= 1 && read.agents * read.hosts.size() <= 1000000, "the number of agents");
    expect(read.duration.count() > 0, "no duration");
    expect(read.total_calls() >= 1 && read.total_calls() <= 100000000, "the number of calls");
    scenario::time last{0};
    for (const scenario::event &event : read.events) {
        expect(event.at >= last && event.at <= read.duration, "events are not in order");
        expect(event.first <= event.last && event.last < read.hosts.size(), "no such host");
        expect(event.fails >= 0 && event.fails <= 1, "not a share");
        expect(event.takes.count() > 0, "no time");
        last = event.at;
    }
    double all = 0;
    for (double share : read.fair_shares())
        all += share;
    expect(std::abs(all - 1) < 1e-6, "the shares are not a whole");
}

}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars;
    using namespace lars::fuzz;
    const std::string text(reinterpret_cast<const char *>(data), size);
    std::istringstream in(text);
    scenario read;
    const status s = read_scenario(in, TEXT_NAME, &read);
    if (s)
        check(read);
    else
        expect_a_line(s, text);
    return 0;
}
