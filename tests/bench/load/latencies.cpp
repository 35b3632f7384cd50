#include "latencies.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lars::bench {

// The first places hold a value each. From there on, the place is made of the number of the
// highest bit and of the bits that follow it.
size_t latencies::place_of(uint64_t value)
{
    if (value < uint64_t{1} << BITS)
        return value;
    const int shift = 63 - BITS - __builtin_clzll(value);
    return (static_cast<size_t>(shift) << BITS) + (value >> shift);
}

uint64_t latencies::highest_at(size_t place)
{
    if (place < size_t{2} << BITS)
        return place;
    const size_t shift = (place >> BITS) - 1;
    const uint64_t low = (place & ((size_t{1} << BITS) - 1)) | size_t{1} << BITS;
    return (low << shift) + ((uint64_t{1} << shift) - 1);
}

void latencies::add(nanoseconds took)
{
    took = std::max(took, nanoseconds(0));
    ++_counts[place_of(static_cast<uint64_t>(took.count()))];
    ++_count;
    _longest = std::max(_longest, took);
}

void latencies::add(const latencies &other)
{
    for (size_t i = 0; i < PLACES; ++i)
        _counts[i] += other._counts[i];
    _count += other._count;
    _longest = std::max(_longest, other._longest);
}

latencies::nanoseconds latencies::percentile(double percent) const
{
    const double wanted = std::max(1.0, std::ceil(static_cast<double>(_count) * percent / 100));
    uint64_t seen = 0;
    for (size_t place = 0; place < PLACES && _count > 0; ++place) {
        seen += _counts[place];
        if (static_cast<double>(seen) >= wanted)
            return std::min(nanoseconds(static_cast<int64_t>(highest_at(place))), _longest);
    }
    return _longest;
}

std::string latencies::to_string() const
{
    return "latency: median " + time_text(percentile(50)) + ", 99 of 100 within " +
           time_text(percentile(99)) + ", longest " + time_text(longest());
}

std::string time_text(std::chrono::nanoseconds time)
{
    const auto value = static_cast<double>(time.count());
    char text[48];
    if (value < 1e6)
        std::snprintf(text, sizeof text, "%.1f us", value / 1e3);
    else if (value < 1e9)
        std::snprintf(text, sizeof text, "%.2f ms", value / 1e6);
    else
        std::snprintf(text, sizeof text, "%.2f s", value / 1e9);
    return text;
}

}  // namespace lars::bench
