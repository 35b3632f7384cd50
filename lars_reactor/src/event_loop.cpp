#include "event_loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "alarm.h"
#include "buf_pool.h"
#include "poller.h"
#include "timer_queue.h"

namespace lars {

static_assert(event_loop::READ == poller::READ && event_loop::WRITE == poller::WRITE &&
              event_loop::EDGE == poller::EDGE);
static_assert(std::is_same_v<event_loop::timer_id, timer_queue::timer_id>);

static uint64_t make_tag(int fd, uint32_t generation)
{
    return uint64_t{generation} << 32 | static_cast<uint32_t>(fd);
}

// What is destroyed may add to the list.
template <typename list>
static void destroy_all(list &things)
{
    while (!things.empty())
        list().swap(things);
}

// Far enough for any purpose, and small enough to be added to a time twice.
static constexpr std::chrono::milliseconds LONGEST_WAIT = std::chrono::hours(24 * 365 * 100);

static event_loop::clock::duration bounded(std::chrono::milliseconds wait,
                                           std::chrono::milliseconds shortest)
{
    return std::clamp(wait, shortest, LONGEST_WAIT);
}

event_loop::event_loop(log_sink log)
    : _log(std::move(log)),
      _poller(std::make_unique<poller>()),
      _timers(std::make_unique<timer_queue>()),
      _alarm(std::make_unique<alarm>()),
      _buffers(std::make_unique<buf_pool>()),
      _receive_space(new char[RECEIVE_SPACE])
{
    _state = open();
}

event_loop::~event_loop()
{
    // What waits here may still use the loop while it is destroyed, and add to it.
    while (!_tasks.empty() || _timers->destroy_one() || destroy_one_event() || !_retired.empty() ||
           !_garbage.empty()) {
        destroy_all(_tasks);
        destroy_garbage();
    }
}

bool event_loop::destroy_one_event()
{
    while (!_events.empty()) {
        const std::unique_ptr<io_event> last = std::move(_events.back());
        if (last)
            _poller->remove(static_cast<int>(_events.size() - 1));
        _events.pop_back();
        if (last)
            return true;
    }
    return false;
}

void event_loop::destroy_garbage()
{
    // Watched callbacks may hold garbage, and garbage may watch.
    while (!_retired.empty() || !_garbage.empty()) {
        destroy_all(_garbage);
        destroy_all(_retired);
    }
}

status event_loop::open()
{
    if (status s = _poller->open(); !s)
        return s;
    _wake.reset(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!_wake.valid())
        return status::from_errno("eventfd");
    if (status s = _alarm->open(); !s)
        return s;
    if (status s = add_io_event(_alarm->fd(), READ, [this] { _alarm->reset(); }); !s)
        return s;
    return add_io_event(_wake.get(), READ, [fd = _wake.get()] {
        eventfd_t count;
        eventfd_read(fd, &count);
    });
}

bool event_loop::in_loop_thread() const
{
    const std::thread::id owner = _thread.load(std::memory_order_acquire);
    return owner == std::thread::id() || owner == std::this_thread::get_id();
}

bool event_loop::running_here() const
{
    return _thread.load(std::memory_order_acquire) == std::this_thread::get_id();
}

status event_loop::add_io_event(int fd, uint32_t mask, callback on_read, callback on_write)
{
    assert(in_loop_thread());
    if (!_poller->is_open())
        return _state;
    if (fd < 0)
        return status::error("add_io_event: there is no fd");

    const auto index = static_cast<size_t>(fd);
    if (_events.size() <= index)
        _events.resize(index + 1);
    if (_events[index])
        return status::error("add_io_event: fd " + std::to_string(fd) + " is watched already");

    const uint32_t generation = _next_generation++;
    if (status s = _poller->add(fd, mask, make_tag(fd, generation)); !s)
        return s;
    _events[index] = std::make_unique<io_event>(
        io_event{generation, mask, std::move(on_read), std::move(on_write)});
    return {};
}

status event_loop::set_io_mask(int fd, uint32_t mask)
{
    assert(in_loop_thread());
    const auto index = static_cast<size_t>(fd);
    if (index >= _events.size() || !_events[index])
        return status::error("set_io_mask: fd " + std::to_string(fd) + " is not watched");
    io_event &watched = *_events[index];
    if (watched.mask == mask && !(mask & EDGE))
        return {};
    if (status s = _poller->change(fd, mask, make_tag(fd, watched.generation)); !s)
        return s;
    watched.mask = mask;
    return {};
}

void event_loop::del_io_event(int fd)
{
    assert(in_loop_thread());
    const auto index = static_cast<size_t>(fd);
    if (index >= _events.size() || !_events[index])
        return;
    _poller->remove(fd);
    // Its callback may be the one that is running.
    _retired.push_back(std::move(_events[index]));
}

event_loop::timer_id event_loop::run_after(std::chrono::milliseconds delay, callback run)
{
    assert(in_loop_thread());
    return _timers->add(clock::now() + bounded(delay, std::chrono::milliseconds(0)),
                        clock::duration::zero(), std::move(run));
}

event_loop::timer_id event_loop::run_every(std::chrono::milliseconds interval, callback run)
{
    assert(in_loop_thread());
    const clock::duration beat = bounded(interval, std::chrono::milliseconds(1));
    return _timers->add(clock::now() + beat, beat, std::move(run));
}

void event_loop::cancel(timer_id id)
{
    assert(in_loop_thread());
    _timers->cancel(id);
}

void event_loop::add_task(callback task)
{
    bool was_empty = false;
    {
        std::lock_guard<std::mutex> lock(_tasks_mutex);
        was_empty = _tasks.empty();
        _tasks.push_back(std::move(task));
    }
    if (was_empty)
        wake();
}

void event_loop::run_in_loop(callback task)
{
    if (in_loop_thread())
        task();
    else
        add_task(std::move(task));
}

void event_loop::destroy_later(std::shared_ptr<void> garbage)
{
    assert(in_loop_thread());
    _garbage.push_back(std::move(garbage));
}

void event_loop::stop()
{
    _stop.store(true, std::memory_order_release);
    wake();
}

void event_loop::wake()
{
    // Fails only when the counter is full, and then the loop wakes up anyway.
    eventfd_write(_wake.get(), 1);
}

event_loop::io_event *event_loop::find(int fd, uint32_t generation) const
{
    const auto index = static_cast<size_t>(fd);
    if (index >= _events.size() || !_events[index] || _events[index]->generation != generation)
        return nullptr;
    return _events[index].get();
}

void event_loop::dispatch(uint64_t tag, uint32_t ready)
{
    const int fd = static_cast<int>(tag & 0xffffffff);
    const auto generation = static_cast<uint32_t>(tag >> 32);

    io_event *watched = find(fd, generation);
    if (!watched)
        return;
    // A failed fd is reported whatever the mask: to the reader, or to the writer where
    // nobody reads.
    constexpr uint32_t FAILED = poller::FAILED;
    const bool readable = (watched->mask & READ) ? ready & (READ | FAILED)
                                                 : !(watched->mask & WRITE) && (ready & FAILED);
    if (readable && watched->on_read) {
        watched->on_read();
        watched = find(fd, generation);
    }
    const bool writable = ready & (WRITE | FAILED);
    if (watched && writable && (watched->mask & WRITE) && watched->on_write)
        watched->on_write();
}

void event_loop::run_tasks()
{
    std::vector<callback> tasks;
    {
        std::lock_guard<std::mutex> lock(_tasks_mutex);
        tasks.swap(_tasks);
    }
    size_t run = 0;
    try {
        while (run < tasks.size())
            tasks[run++]();
    } catch (...) {
        std::lock_guard<std::mutex> lock(_tasks_mutex);
        _tasks.insert(_tasks.begin(), std::make_move_iterator(tasks.begin() + run),
                      std::make_move_iterator(tasks.end()));
        // Not every one of them woke the loop up, and some other may have.
        wake();
        throw;
    }
}

status event_loop::event_process()
{
    if (!_state)
        return _state;
    _thread.store(std::this_thread::get_id(), std::memory_order_release);
    status result;
    try {
        while (result && !_stop.load(std::memory_order_acquire))
            result = run_round();
    } catch (...) {
        _thread.store(std::thread::id(), std::memory_order_release);
        throw;
    }
    _stop.store(false, std::memory_order_release);
    _thread.store(std::thread::id(), std::memory_order_release);
    return result;
}

status event_loop::run_round()
{
    const clock::time_point next = _timers->next();
    const bool is_due = next <= _now;
    if (!is_due)
        _alarm->ring_at(next);
    const int count = _poller->wait(is_due ? poller::AT_ONCE : poller::FOR_EVER);
    if (count < 0 && errno != EINTR)
        return status::from_errno("epoll_wait");
    _wakeups.fetch_add(1, std::memory_order_relaxed);
    _now = clock::now();
    for (int i = 0; i < count; ++i) {
        const poller::ready_fd found = _poller->ready(i);
        dispatch(found.tag, found.mask);
    }
    _timers->run_due(_now);
    run_tasks();
    destroy_garbage();
    return {};
}

}  // namespace lars
