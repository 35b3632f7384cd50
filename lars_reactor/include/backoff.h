// How long to wait before the next try: doubles up to a limit, and differs from
// peer to peer so that a thousand of them do not return at the same instant.
// One thread. Source: "Exponential Backoff And Jitter" (equal jitter).
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace lars {

class backoff {
public:
    using milliseconds = std::chrono::milliseconds;

    backoff(milliseconds first, milliseconds longest)
        : _first(first), _longest(longest), _next(first), _random(std::random_device{}())
    {
    }

    // Between half of the current step and all of it.
    milliseconds next()
    {
        const milliseconds step = _next;
        _next = std::min(_next * 2, _longest);
        return milliseconds(
            std::uniform_int_distribution<int64_t>(step.count() / 2, step.count())(_random));
    }

    void reset() { _next = _first; }

private:
    milliseconds _first;
    milliseconds _longest;
    milliseconds _next;
    std::minstd_rand _random;
};

}  // namespace lars
