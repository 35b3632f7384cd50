// Waits for many file descriptors, timers and tasks in one thread, and calls back
// for each. Every callback runs in the thread that runs event_process().
//
// "Loop thread" below means that thread. While the loop is not running it means any
// one thread: whoever sets things up before the loop starts, or takes them apart
// after it has ended.
//
// A callback, a task or a timer that throws ends event_process() with that exception.
// The loop stays whole and can be run again: a timer that runs once is gone, a repeated
// one keeps its beat, and what was not run in that round is run in the next one. Where a
// thread was made for the loop (loop_thread), nobody catches the exception, and the
// program ends.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "log.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class alarm;
class buf_pool;
class poller;
class timer_queue;

class event_loop {
public:
    using clock = std::chrono::steady_clock;
    using callback = std::function<void()>;
    using timer_id = uint64_t;  // never 0, never used again

    // The bits of a mask: what to wait for.
    static constexpr uint32_t READ = 1;
    static constexpr uint32_t WRITE = 2;
    // Together with READ: only what has come since ON_READ was called last makes FD
    // readable. Whoever leaves some of it unread calls set_io_mask(), which looks again.
    static constexpr uint32_t EDGE = 8;

    // LOG is where this loop, and what lives in it, writes log lines.
    explicit event_loop(log_sink log = stderr_log("lars"));
    // Destroys the tasks, timers and callbacks that are left, without running them. What
    // they own may still use the loop while it is destroyed.
    ~event_loop();
    event_loop(const event_loop &) = delete;
    event_loop &operator=(const event_loop &) = delete;

    // Runs the loop in the calling thread until stop() is called. Returns an error if
    // the process had no fd left for the loop when it was made, or if waiting fails. May
    // be called again afterwards. A stop() that came before an exception still counts.
    status event_process();

    // Any thread, also a signal handler. Makes event_process() return after the round
    // that is running. Called before event_process(), it makes that return at once.
    void stop();

    // Loop thread. Calls ON_READ in each round in which FD can be read, while READ is
    // in MASK, and ON_WRITE in each round in which FD can be written, while WRITE is
    // in MASK. Both may delete any event, also their own. FD stays the caller's. An
    // error if FD cannot be watched (a regular file cannot), if it is watched already, or
    // if no fd is given.
    //
    // An FD that has failed or was hung up is reported whatever MASK says, in every
    // round until del_io_event(): to ON_READ if MASK has READ or is 0, to ON_WRITE if
    // MASK has WRITE. So a MASK of 0 does not mean silence. Where the callback that
    // would be told is empty, nobody is told, and the loop runs without a pause.
    status add_io_event(int fd, uint32_t mask, callback on_read, callback on_write = {});
    // Loop thread. Changes the mask of an FD that is watched. An error if it is not.
    status set_io_mask(int fd, uint32_t mask);

    // Loop thread, before FD is closed. No callback for FD runs afterwards, not even
    // for an event that the loop has already fetched. Ignores an FD that is not
    // watched.
    void del_io_event(int fd);

    // Loop thread. Calls RUN once after DELAY, or again and again, for the first time
    // after one INTERVAL. A repeated timer that comes late skips what it has missed. The
    // clock is monotonic. A DELAY below 0 counts as 0, an INTERVAL below 1 ms as 1 ms,
    // and anything above a hundred years as a hundred years: milliseconds::max() is
    // never.
    timer_id run_after(std::chrono::milliseconds delay, callback run);
    timer_id run_every(std::chrono::milliseconds interval, callback run);
    // Loop thread. A timer may cancel itself. Ignores an id whose timer is gone, and 0.
    void cancel(timer_id id);

    // Any thread. Runs TASK in the loop's next round. Tasks of one thread run in the
    // order in which it added them. A task that the loop has not run when it ends is
    // destroyed with the loop.
    void add_task(callback task);

    // Any thread. Runs TASK at once if this is the loop thread; otherwise as add_task().
    void run_in_loop(callback task);
    // Any thread. True in the loop thread, and in every thread while the loop is not
    // running.
    bool in_loop_thread() const;
    // Any thread. True in the thread that runs the loop, and nowhere while none does.
    bool running_here() const;

    // Loop thread. Drops GARBAGE at the end of the round. For an object that wants to
    // go while one of its own callbacks is running.
    void destroy_later(std::shared_ptr<void> garbage);

    // Loop thread. The time at which this round began.
    clock::time_point now() const { return _now; }

    // Any thread. Where to write log lines.
    const log_sink &log() const { return _log; }

    // For the connections of this library. Loop thread. A pool of buffers, and
    // RECEIVE_SPACE bytes to receive into, which are only valid until the running
    // callback returns.
    buf_pool &buffers() { return *_buffers; }
    char *receive_space() { return _receive_space.get(); }
    static constexpr size_t RECEIVE_SPACE = 65536;

    // For tests and operators. Any thread. How often the loop has woken up.
    uint64_t wakeups() const { return _wakeups.load(std::memory_order_relaxed); }

private:
    struct io_event {
        uint32_t generation;
        uint32_t mask;
        callback on_read;
        callback on_write;
    };

    status open();
    io_event *find(int fd, uint32_t generation) const;
    status run_round();
    bool destroy_one_event();
    void dispatch(uint64_t tag, uint32_t ready);
    void run_tasks();
    void destroy_garbage();
    void wake();

    log_sink _log;
    std::unique_ptr<poller> _poller;
    unique_fd _wake;
    status _state;
    clock::time_point _now = clock::now();
    std::atomic<bool> _stop{false};
    std::atomic<uint64_t> _wakeups{0};
    std::atomic<std::thread::id> _thread{};

    // Indexed by fd. An event carries the generation that its fd had when it was
    // added, so one fetched for an fd since closed and reused finds no owner.
    std::vector<std::unique_ptr<io_event>> _events;
    uint32_t _next_generation = 1;
    std::vector<std::unique_ptr<io_event>> _retired;
    std::vector<std::shared_ptr<void>> _garbage;

    std::unique_ptr<timer_queue> _timers;
    std::unique_ptr<alarm> _alarm;  // for the next of them
    std::unique_ptr<buf_pool> _buffers;
    std::unique_ptr<char[]> _receive_space;

    std::mutex _tasks_mutex;
    std::vector<callback> _tasks;  // guarded by _tasks_mutex
};

}  // namespace lars
