#include "timer_queue.h"

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
    // Out of both before it is destroyed: what it owns may add and cancel others.
    const auto node = _timers.extract(key{found->second, id});
    _due.erase(found);
}

bool timer_queue::destroy_one()
{
    if (_timers.empty())
        return false;
    cancel(_timers.begin()->first.second);
    return true;
}

void timer_queue::run_due(clock::time_point now)
{
    const timer_id first_new = _next_id;
    key last{clock::time_point::min(), 0};
    while (true) {
        const auto next = _timers.upper_bound(last);
        if (next == _timers.end() || next->first.first > now)
            return;
        last = next->first;
        if (last.second < first_new)
            run_one(next, now);
    }
}

void timer_queue::run_one(std::map<key, timer>::iterator at, clock::time_point now)
{
    // Out of the map while it runs: the callback may cancel it.
    auto node = _timers.extract(at);
    try {
        node.mapped().run();
    } catch (...) {
        settle(std::move(node), now);
        throw;
    }
    settle(std::move(node), now);
}

// After a timer has run: the next time of a repeated one. The other ends here.
void timer_queue::settle(std::map<key, timer>::node_type node, clock::time_point now)
{
    const auto [due, id] = node.key();
    const auto still_wanted = _due.find(id);
    if (still_wanted == _due.end())
        return;
    const clock::duration interval = node.mapped().interval;
    if (interval == clock::duration::zero()) {
        _due.erase(still_wanted);
        return;
    }
    still_wanted->second = due + interval > now ? due + interval : now + interval;
    node.key().first = still_wanted->second;
    _timers.insert(std::move(node));
}

}  // namespace lars
