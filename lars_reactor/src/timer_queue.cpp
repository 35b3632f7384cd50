#include "timer_queue.h"

#include <algorithm>

namespace lars {

timer_queue::timer_id timer_queue::add(clock::time_point due, clock::duration interval,
                                       callback run)
{
    const timer_id id = _next_id++;
    _due.emplace(id, due);
    _timers.emplace(key{due, id}, timer{interval, std::move(run)});
    return id;
}

void timer_queue::cancel(timer_id id)
{
    const auto found = _due.find(id);
    if (found == _due.end())
        return;
    _timers.erase(key{found->second, id});
    _due.erase(found);
}

void timer_queue::run_due(clock::time_point now)
{
    const timer_id first_new = _next_id;
    auto at = _timers.begin();
    while (at != _timers.end() && at->first.first <= now) {
        const auto [due, id] = at->first;
        if (id >= first_new) {
            ++at;
            continue;
        }
        // Out of the map while it runs: the callback may cancel it.
        auto node = _timers.extract(at);
        node.mapped().run();
        at = _timers.upper_bound(key{due, id});

        const auto still_wanted = _due.find(id);
        if (still_wanted == _due.end())
            continue;
        const clock::duration interval = node.mapped().interval;
        if (interval == clock::duration::zero()) {
            _due.erase(still_wanted);
            continue;
        }
        still_wanted->second = due + interval > now ? due + interval : now + interval;
        node.key().first = still_wanted->second;
        _timers.insert(std::move(node));
    }
}

int timer_queue::wait_ms(clock::time_point now) const
{
    if (_timers.empty())
        return -1;
    const auto left = _timers.begin()->first.first - now;
    if (left <= clock::duration::zero())
        return 0;
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::min<int64_t>(ms, 1000 * 3600));
}

}  // namespace lars
