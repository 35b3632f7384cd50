#include "hosts_mark.h"

#include <cstdio>

#include "murmur3.h"

namespace lars {

std::string hosts_mark(const std::vector<route_host> &hosts)
{
    murmur3_sum first(1), second(2);
    for (const route_host &host : hosts) {
        const std::string text = host.to_string() + ",";
        first.add(text);
        second.add(text);
    }
    char mark[17];
    snprintf(mark, sizeof mark, "%08x%08x", first.value(), second.value());
    return mark;
}

}  // namespace lars
