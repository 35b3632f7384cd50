// The greatest part of one second's calls that one host gets. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "scenario.h"

namespace lars {

class share_counter {
public:
    explicit share_counter(const scenario &played)
        : _fair(played.fair_shares()), _calls(played.hosts.size(), 0)
    {
    }

    void count(size_t host, scenario::time now)
    {
        const auto second = std::chrono::duration_cast<std::chrono::seconds>(now);
        if (second != _second) {
            end_second();
            _second = second;
        }
        ++_calls[host];
        ++_all;
    }

    // As a multiple of the host's fair share. One call more than that share is no sign of
    // anything, however few calls a second has.
    double greatest()
    {
        end_second();
        return _greatest;
    }

private:
    void end_second()
    {
        for (size_t host = 0; host < _calls.size(); ++host) {
            const double fair = _fair[host] * static_cast<double>(_all);
            if (_calls[host] > fair + 1 && fair > 0)
                _greatest = std::max(_greatest, static_cast<double>(_calls[host]) / fair);
            _calls[host] = 0;
        }
        _all = 0;
    }

    std::vector<double> _fair;
    std::vector<uint64_t> _calls;  // in this second
    uint64_t _all = 0;
    std::chrono::seconds _second{0};
    double _greatest = 1;
};

}  // namespace lars
