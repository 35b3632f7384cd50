// Waits for many file descriptors, timers and tasks in one thread and calls
// back for each. Every callback runs in the thread that runs event_process().
//
// "Loop thread" below means that thread, or any one thread while the loop is
// not running.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "buf_pool.h"
#include "log.h"
#include "status.h"
#include "timer_queue.h"
#include "unique_fd.h"

namespace lars {

class event_loop {
public:
    using clock = std::chrono::steady_clock;
    using callback = std::function<void()>;
    using timer_id = timer_queue::timer_id;

    static constexpr uint32_t READ = EPOLLIN;
    static constexpr uint32_t WRITE = EPOLLOUT;

    explicit event_loop(log_sink log = stderr_log("lars"));
    ~event_loop();
    event_loop(const event_loop &) = delete;
    event_loop &operator=(const event_loop &) = delete;

    // Runs until stop(). An error if the process had no fd left for the loop
    // when it was made, or waiting fails.
    status event_process();

    // Any thread, also a signal handler. Never lost: called before
    // event_process(), it makes that return at once.
    void stop();

    // Loop thread. Watches FD, which stays the caller's. on_read runs when FD can
    // be read, or has failed or hung up; on_write when it can be written; each
    // only while its bit is in MASK. Both may delete any event, also this one.
    status add_io_event(int fd, uint32_t mask, callback on_read, callback on_write = {});
    status set_io_mask(int fd, uint32_t mask);

    // Loop thread, before FD is closed. No callback for FD runs afterwards, not
    // even for an event that was already fetched.
    void del_io_event(int fd);

    // Loop thread. Monotonic time; a repeated timer starts one interval from now.
    timer_id run_after(std::chrono::milliseconds delay, callback run);
    timer_id run_every(std::chrono::milliseconds interval, callback run);
    void cancel(timer_id id);

    // Any thread. Runs TASK in the loop's next round, in the order of the calls
    // of each thread. A task that the loop has not run when it ends is destroyed
    // with it.
    void add_task(callback task);

    // Any thread. Like add_task, but at once when called in the loop thread.
    void run_in_loop(callback task);
    bool in_loop_thread() const;
    // Any thread. Like in_loop_thread, but false while the loop is not running:
    // then several threads at once could take it for theirs.
    bool running_here() const;

    // Loop thread. Destroys GARBAGE at the end of the round, for objects whose
    // own callback is running.
    void destroy_later(std::shared_ptr<void> garbage);

    // Loop thread. The time at which this round began.
    clock::time_point now() const { return _now; }

    // Loop thread. Buffers for what runs in this loop, and room to receive into
    // that is only valid until the callback returns.
    buf_pool &buffers() { return _buffers; }
    char *receive_space() { return _receive_space.get(); }
    static constexpr size_t RECEIVE_SPACE = 65536;

    const log_sink &log() const { return _log; }

    // Any thread. How often the loop has woken up.
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
    void dispatch(const epoll_event &event);
    void run_tasks();
    void destroy_garbage();
    void wake();

    log_sink _log;
    unique_fd _epoll;
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

    timer_queue _timers;
    buf_pool _buffers;
    std::unique_ptr<char[]> _receive_space;

    std::mutex _tasks_mutex;
    std::vector<callback> _tasks;  // guarded by _tasks_mutex
};

}  // namespace lars
