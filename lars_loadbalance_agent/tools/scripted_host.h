// A host of a scenario while it is played: how it takes a call, and how long that lasts.
// One thread.
#pragma once

#include <algorithm>

#include "scenario.h"

namespace lars {

class scripted_host {
public:
    explicit scripted_host(const scenario::host &what) : _what(what)
    {
        if (_what.bears > 0)
            _room = burst();
        _worked = _what.warm_after;
    }

    void behave(double fails, scenario::time takes)
    {
        if (fails >= 1)
            _worked = scenario::time(0);
        _fails = fails;
        _takes = takes;
    }
    double fails() const { return _fails; }
    scenario::time takes() const { return _takes; }

    // A call comes at NOW. Returns whether it goes well; DRAWN is chance, 0 to 1.
    bool call(scenario::time now, double drawn)
    {
        if (drawn < _fails)
            return false;
        if (_what.bears == 0)
            return true;
        const double bears = what_it_bears();
        const std::chrono::duration<double> passed = now - _filled;
        _room = std::min(burst(), _room + bears * passed.count());
        _filled = now;
        // It is at work while calls come at least each second.
        if (_last_call.count() > 0 && now - _last_call <= std::chrono::seconds(1))
            _worked = std::min(_what.warm_after, _worked + (now - _last_call));
        _last_call = now;
        if (_room < 1)
            return false;
        _room -= 1;
        return true;
    }

private:
    // The calls above what it bears that it can put off: those of a tenth of a second.
    double burst() const { return std::max(1.0, _what.bears / 10); }
    double what_it_bears() const
    {
        if (_worked >= _what.warm_after)
            return _what.bears;
        const double part =
            static_cast<double>(_worked.count()) / static_cast<double>(_what.warm_after.count());
        return _what.bears * (_what.cold_part + (1 - _what.cold_part) * part);
    }

    scenario::host _what;
    double _fails = 0;
    scenario::time _takes = scenario::USUAL_TIME;
    double _room = 0;  // calls that it can take now
    scenario::time _filled{0};
    scenario::time _last_call{0};
    scenario::time _worked{0};
};

}  // namespace lars
