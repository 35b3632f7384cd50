#include "thread_pool.h"

namespace lars {

status thread_pool::start(int threads, const log_sink &log)
{
    if (_started)
        return status::error("a thread pool was started already");
    for (int i = 0; i < threads; ++i) {
        _threads.push_back(std::make_unique<loop_thread>(log));
        if (status s = _threads.back()->start(); !s) {
            _threads.clear();
            return s;
        }
    }
    _started = true;
    return {};
}

void thread_pool::stop()
{
    for (auto &thread : _threads)
        thread->stop();
}

}  // namespace lars
