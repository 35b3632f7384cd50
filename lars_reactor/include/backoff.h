// How long to wait before the next try. The wait doubles with each try, up to a limit,
// and has a random part, so that a thousand peers that failed together do not return
// at the same instant. One thread.
// Source: "Exponential Backoff And Jitter" (equal jitter).
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace lars {

class backoff {
public:
    using milliseconds = std::chrono::milliseconds;

    // Less than 1 ms counts as 1 ms, and a LONGEST below FIRST as FIRST.
    backoff(milliseconds first, milliseconds longest)
        : _first(std::max(first, milliseconds(1))),
          _longest(std::max(longest, _first)),
          _next(_first),
          _random(std::random_device{}())
    {
    }

    // The next wait. It is between half of the current step and all of it; the first
    // step is FIRST, each further one twice the last, and none longer than LONGEST.
    milliseconds next()
    {
        const milliseconds step = _next;
        _next = _next > _longest / 2 ? _longest : _next * 2;
        return milliseconds(
            std::uniform_int_distribution<int64_t>(step.count() / 2, step.count())(_random));
    }

    // The next step is FIRST again: to be called after a success.
    void reset() { _next = _first; }

private:
    milliseconds _first;
    milliseconds _longest;
    milliseconds _next;
    std::minstd_rand _random;
};

}  // namespace lars
