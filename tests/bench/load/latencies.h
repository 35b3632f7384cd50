// How long each of many calls took, in little space however many they are. One thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace lars::bench {

class latencies {
public:
    using nanoseconds = std::chrono::nanoseconds;

    void add(nanoseconds took);
    // Adds all those of OTHER.
    void add(const latencies &other);

    uint64_t count() const { return _count; }
    // The time that so many of a hundred do not exceed, to within a thirtieth of it; 0 if there
    // is none.
    nanoseconds percentile(double percent) const;
    // Exactly.
    nanoseconds longest() const { return _longest; }

    // "latency: median 1.25 ms, 99 of 100 within 2 ms, longest 3 ms"
    std::string to_string() const;

private:
    // Each power of two has so many places.
    static constexpr int BITS = 5;
    static constexpr size_t PLACES = size_t{64 - BITS + 1} << BITS;
    static size_t place_of(uint64_t value);
    static uint64_t highest_at(size_t place);

    std::array<uint64_t, PLACES> _counts{};
    uint64_t _count = 0;
    nanoseconds _longest{0};
};

// "1.25 ms", with the unit that fits.
std::string time_text(std::chrono::nanoseconds time);

}  // namespace lars::bench
