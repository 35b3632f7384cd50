// What happens to the hosts of a scenario, in order, and again where it repeats. One
// thread.
#pragma once

#include "scenario.h"

namespace lars {

class timeline {
public:
    // PLAYED outlives this.
    explicit timeline(const scenario &played) : _played(played) {}

    // Calls HAPPENS(event, when) for each event that has come until NOW and was not told
    // before. NOW never goes back.
    template <typename happens>
    void advance(scenario::time now, const happens &tell)
    {
        while (true) {
            if (_next == _played.events.size()) {
                if (_played.repeat.count() == 0 || _played.events.empty())
                    return;
                _begins += _played.repeat;
                _next = 0;
            }
            const scenario::event &event = _played.events[_next];
            if (_begins + event.at > now)
                return;
            tell(event, _begins + event.at);
            ++_next;
        }
    }

private:
    const scenario &_played;
    size_t _next = 0;
    scenario::time _begins{0};  // of this repetition
};

}  // namespace lars
