#include "loop_thread.h"

#include <future>
#include <utility>

#include "start_thread.h"

namespace lars {

// What start() waits for: that the loop runs, or that it cannot. Told once, in the
// loop's thread.
struct start_outcome {
    std::promise<status> result;
    bool told = false;

    void tell(status s)
    {
        if (!std::exchange(told, true))
            result.set_value(std::move(s));
    }
};

status loop_thread::start()
{
    if (_thread.joinable())
        return status::error("a loop's thread was started already");
    auto outcome = std::make_shared<start_outcome>();
    std::future<status> started = outcome->result.get_future();
    _loop.add_task([outcome] { outcome->tell({}); });
    const status made = start_thread(&_thread, "a loop's thread", [this, outcome] {
        const status ended = _loop.event_process();
        if (!ended && outcome->told)
            _loop.log()(log_level::error, "a loop ended: ", ended.message());
        outcome->tell(ended ? status::error("the loop was stopped before it ran") : ended);
    });
    if (!made)
        return made;
    status result = started.get();
    if (!result)
        _thread.join();
    return result;
}

void loop_thread::stop()
{
    if (!_thread.joinable())
        return;
    _loop.stop();
    _thread.join();
}

}  // namespace lars
