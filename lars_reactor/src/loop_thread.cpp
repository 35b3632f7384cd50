#include "loop_thread.h"

#include <future>

#include "start_thread.h"

namespace lars {

status loop_thread::start()
{
    auto outcome = std::make_shared<std::promise<status>>();
    auto running = std::make_shared<bool>(false);
    std::future<status> started = outcome->get_future();
    _loop.add_task([outcome, running] {
        *running = true;
        outcome->set_value({});
    });
    const status made = start_thread(&_thread, "a loop's thread", [this, outcome, running] {
        const status ended = _loop.event_process();
        if (!*running)
            outcome->set_value(ended);
        else if (!ended)
            _loop.log()(log_level::error, "a loop ended: ", ended.message());
    });
    return made ? started.get() : made;
}

void loop_thread::stop()
{
    if (!_thread.joinable())
        return;
    _loop.stop();
    _thread.join();
}

}  // namespace lars
