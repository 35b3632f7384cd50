#include "thread_pool.h"

#include <future>
#include <system_error>

namespace lars {

// Starts LOOP in a thread and waits until it runs or has failed to.
static status run_in_thread(event_loop *loop, std::thread *thread)
{
    auto outcome = std::make_shared<std::promise<status>>();
    std::future<status> started = outcome->get_future();
    auto answered = std::make_shared<bool>(false);
    loop->add_task([outcome, answered] {
        *answered = true;
        outcome->set_value({});
    });
    try {
        *thread = std::thread([loop, outcome, answered] {
            const status ended = loop->event_process();
            if (!*answered)
                outcome->set_value(ended);
            else if (!ended)
                loop->log()(log_level::error, "a worker's loop ended: " + ended.message());
        });
    } catch (const std::system_error &e) {
        return status::error(std::string("cannot start a thread: ") + e.what());
    }
    return started.get();
}

thread_pool::~thread_pool()
{
    stop();
}

status thread_pool::start(int threads, const log_sink &log)
{
    for (int i = 0; i < threads; ++i) {
        auto added = std::make_unique<worker>();
        added->loop = std::make_unique<event_loop>(log);
        const status started = run_in_thread(added->loop.get(), &added->thread);
        _workers.push_back(std::move(added));
        if (!started) {
            stop();
            _workers.clear();
            return started;
        }
    }
    return {};
}

void thread_pool::stop()
{
    for (auto &w : _workers) {
        if (!w->thread.joinable())
            continue;
        w->loop->stop();
        w->thread.join();
    }
}

}  // namespace lars
