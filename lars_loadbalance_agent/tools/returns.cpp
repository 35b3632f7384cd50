#include "returns.h"

#include <algorithm>

namespace lars {

// A share is taken over so many steps.
static constexpr size_t WINDOW = 10;
static constexpr std::chrono::seconds SHORTEST_WINDOW(1);
// In a window the average host gets at least so many calls.
static constexpr double CALLS_IN_WINDOW = 20;
// A host is given up after this: a comeback is a matter of seconds.
static constexpr size_t MOST_STEPS = 10000;

returns::returns(const scenario &played)
    : _fair(played.fair_shares()), _duration(played.duration), _current(played.hosts.size(), 0)
{
    const double a_second = played.calls / static_cast<double>(played.hosts.size());
    const auto window = std::max(std::chrono::duration<double>(SHORTEST_WINDOW),
                                 std::chrono::duration<double>(CALLS_IN_WINDOW / a_second));
    _step = std::chrono::duration_cast<scenario::time>(window / WINDOW);
    _calls_in_step = played.calls * std::chrono::duration<double>(_step).count();
}

void returns::behaves(size_t host, scenario::time now, double before, double from_now)
{
    if (size_t &current = _current[host]; current > 0) {
        _all[current - 1].ends = now;
        current = 0;
    }
    if (before >= 0.5 && from_now < 0.5 && _fair[host] > 0) {
        _all.push_back({host, now, _duration, {}});
        _current[host] = _all.size();
    }
}

void returns::note_call(size_t host, scenario::time now)
{
    const size_t current = _current[host];
    if (current == 0)
        return;
    comeback &back = _all[current - 1];
    const auto step = static_cast<size_t>((now - back.begins) / _step);
    if (step >= MOST_STEPS)
        return;
    if (back.calls.size() <= step)
        back.calls.resize(step + 1, 0);
    ++back.calls[step];
}

size_t returns::steps_in(const comeback &back) const
{
    return std::min(MOST_STEPS, static_cast<size_t>((back.ends - back.begins) / _step));
}

scenario::time returns::longest_to(double part) const
{
    scenario::time longest{0};
    for (const comeback &back : _all) {
        const size_t steps = steps_in(back);
        const double wanted = part * _fair[back.host] * _calls_in_step * WINDOW;
        bool reached = false;
        uint64_t calls = 0;
        for (size_t step = 0; step < steps && !reached; ++step) {
            calls += step < back.calls.size() ? back.calls[step] : 0;
            if (step >= WINDOW)
                calls -= step - WINDOW < back.calls.size() ? back.calls[step - WINDOW] : 0;
            // The window that begins here has that share.
            reached = step + 1 >= WINDOW && static_cast<double>(calls) >= wanted;
            if (reached)
                longest = std::max(longest, _step * static_cast<int64_t>(step + 1 - WINDOW));
        }
        if (!reached && back.ends == _duration && steps > WINDOW)
            return scenario::time::max();
    }
    return longest;
}

}  // namespace lars
