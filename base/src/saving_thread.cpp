#include "saving_thread.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "start_thread.h"

namespace lars {

using clock = std::chrono::steady_clock;

static constexpr std::chrono::seconds RETRY_AFTER(1);
static constexpr std::chrono::seconds CLOSING_TIME(2);

// What the thread needs, which may have to be left behind.
struct saving_thread::shared {
    shared(std::string its_name, log_sink its_log)
        : name(std::move(its_name)), log(std::move(its_log))
    {
    }

    void run();
    bool write(const job &newest);

    const std::string name;
    const log_sink log;
    trouble_log trouble;  // the thread's

    std::mutex mutex;
    std::condition_variable changed;
    job next;  // guarded by mutex, as are those below
    std::optional<clock::time_point> behind_since;
    bool closing = false;
    bool ended = false;
};

bool saving_thread::shared::write(const job &newest)
{
    const status saved = newest();
    if (saved)
        trouble.over();
    else
        trouble.say(log, log_level::error, saved.message(), name, ": ", saved.message());
    return saved.ok();
}

void saving_thread::shared::run()
{
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
        changed.wait(lock, [this] { return closing || next; });
        if (!next)
            break;
        job newest = std::exchange(next, nullptr);
        lock.unlock();
        const bool saved = write(newest);
        lock.lock();
        if (saved && !next)
            behind_since.reset();
        if (saved || next)
            continue;
        if (closing)
            break;
        // A disk that is full now may have room later.
        changed.wait_for(lock, RETRY_AFTER, [this] { return closing || next; });
        if (!next)
            next = std::move(newest);
    }
    ended = true;
    changed.notify_all();
}

saving_thread::saving_thread(std::string name, log_sink log)
    : _shared(std::make_shared<shared>(std::move(name), std::move(log)))
{
}

saving_thread::~saving_thread()
{
    if (!_thread.joinable())
        return;
    std::unique_lock<std::mutex> lock(_shared->mutex);
    _shared->closing = true;
    _shared->changed.notify_all();
    const bool ended =
        _shared->changed.wait_for(lock, CLOSING_TIME, [this] { return _shared->ended; });
    lock.unlock();
    if (ended) {
        _thread.join();
        return;
    }
    _thread.detach();
    _shared->log(log_level::error, _shared->name, ": the disk does not answer, what was to be",
                 " saved last may be lost");
}

void saving_thread::start()
{
    if (_thread.joinable())
        return;
    const status started =
        start_thread(&_thread, "the thread that saves", [mine = _shared] { mine->run(); });
    if (!started)
        _shared->log(log_level::error, _shared->name, ": ", started.message());
}

void saving_thread::save(job write)
{
    start();
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    _shared->next = std::move(write);
    if (!_shared->behind_since)
        _shared->behind_since = clock::now();
    _shared->changed.notify_all();
}

double saving_thread::seconds_behind() const
{
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    if (!_shared->behind_since)
        return 0;
    return std::chrono::duration<double>(clock::now() - *_shared->behind_since).count();
}

}  // namespace lars
