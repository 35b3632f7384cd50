#include "peer_watch.h"

#include <algorithm>

namespace lars {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Together, with what connecting takes, less than three seconds.
static constexpr milliseconds ASK_AFTER(800);
static constexpr milliseconds PATIENCE(1700);
static constexpr size_t LONGEST_PATIENCE_STEP = 2;
// With a single address.
static constexpr seconds ASK_SINGLE_AFTER(5);
static constexpr seconds PATIENCE_WITH_SINGLE(4);
static constexpr size_t LONGEST_STEP_WITH_SINGLE = 3;
// A timer that is later than this was held up with all of this process, and perhaps the
// answer with it.
static constexpr milliseconds HELD_UP(300);

peer_watch::peer_watch(event_loop *loop, std::function<size_t()> addresses,
                       std::function<bool()> ask, std::function<void()> leave)
    : _loop(loop), _addresses(std::move(addresses)), _ask(std::move(ask)), _leave(std::move(leave))
{
}

peer_watch::~peer_watch()
{
    end();
}

void peer_watch::begin()
{
    end();
    _since = _loop->now();
    arm();
}

void peer_watch::end()
{
    _waiting = false;
    _loop->cancel(_timer);
    _timer = 0;
}

void peer_watch::asked()
{
    if (_waiting)
        return;
    _waiting = true;
    _since = _loop->now();
    if (_timer == 0 || due() < _armed_for)
        arm();
}

void peer_watch::heard()
{
    _left = 0;
    _waiting = false;
    _since = _loop->now();
    // A timer that stands comes too early now, and is set anew then.
    if (_timer == 0)
        arm();
}

peer_watch::clock::duration peer_watch::patience() const
{
    const size_t addresses = _addresses();
    if (addresses <= 1)
        return PATIENCE_WITH_SINGLE * (1 << std::min(_left, LONGEST_STEP_WITH_SINGLE));
    return PATIENCE * (1 << std::min(_left / addresses, LONGEST_PATIENCE_STEP));
}

peer_watch::clock::time_point peer_watch::due() const
{
    if (_waiting)
        return _since + patience();
    return _since + (_addresses() <= 1 ? milliseconds(ASK_SINGLE_AFTER) : ASK_AFTER);
}

void peer_watch::arm()
{
    _loop->cancel(_timer);
    _armed_for = due();
    const auto delay = std::chrono::ceil<milliseconds>(_armed_for - clock::now());
    _timer = _loop->run_after(std::max(delay, milliseconds(0)), [this] { on_timer(); });
}

void peer_watch::on_timer()
{
    _timer = 0;
    const auto late = _loop->now() - _armed_for;
    if (_waiting && late > HELD_UP)
        _since += late;
    if (_loop->now() < due()) {
        arm();
        return;
    }
    if (!_waiting) {
        _ask();
        return;
    }
    _waiting = false;
    ++_left;
    _leave();
}

}  // namespace lars
