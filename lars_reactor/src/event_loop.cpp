#include "event_loop.h"

#include <sys/eventfd.h>

#include <array>
#include <cassert>

namespace lars {

// What is destroyed may add to the list.
template <typename list>
static void destroy_all(list &things)
{
    while (!things.empty())
        list().swap(things);
}

event_loop::event_loop(log_sink log)
    : _log(std::move(log)), _receive_space(new char[RECEIVE_SPACE])
{
    _state = open();
}

event_loop::~event_loop()
{
    // What waits here may still use the loop while it is destroyed.
    destroy_all(_tasks);
    destroy_garbage();
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
    _epoll.reset(epoll_create1(EPOLL_CLOEXEC));
    if (!_epoll.valid())
        return status::from_errno("epoll_create1");
    _wake.reset(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!_wake.valid())
        return status::from_errno("eventfd");
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
    if (!_epoll.valid())
        return _state;
    if (fd < 0)
        return status::error("add_io_event: there is no fd");

    const auto index = static_cast<size_t>(fd);
    if (_events.size() <= index)
        _events.resize(index + 1);
    assert(!_events[index]);

    const uint32_t generation = _next_generation++;
    epoll_event event{};
    event.events = mask;
    event.data.u64 = uint64_t{generation} << 32 | static_cast<uint32_t>(fd);
    if (epoll_ctl(_epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0)
        return status::from_errno("epoll_ctl add");
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
    if (watched.mask == mask)
        return {};
    epoll_event event{};
    event.events = mask;
    event.data.u64 = uint64_t{watched.generation} << 32 | static_cast<uint32_t>(fd);
    if (epoll_ctl(_epoll.get(), EPOLL_CTL_MOD, fd, &event) < 0)
        return status::from_errno("epoll_ctl mod");
    watched.mask = mask;
    return {};
}

void event_loop::del_io_event(int fd)
{
    assert(in_loop_thread());
    const auto index = static_cast<size_t>(fd);
    if (index >= _events.size() || !_events[index])
        return;
    epoll_ctl(_epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
    // Its callback may be the one that is running.
    _retired.push_back(std::move(_events[index]));
}

event_loop::timer_id event_loop::run_after(std::chrono::milliseconds delay, callback run)
{
    assert(in_loop_thread());
    return _timers.add(clock::now() + delay, clock::duration::zero(), std::move(run));
}

event_loop::timer_id event_loop::run_every(std::chrono::milliseconds interval, callback run)
{
    assert(in_loop_thread() && interval.count() > 0);
    return _timers.add(clock::now() + interval, interval, std::move(run));
}

void event_loop::cancel(timer_id id)
{
    assert(in_loop_thread());
    _timers.cancel(id);
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

void event_loop::dispatch(const epoll_event &event)
{
    const int fd = static_cast<int>(event.data.u64 & 0xffffffff);
    const auto generation = static_cast<uint32_t>(event.data.u64 >> 32);
    constexpr uint32_t FAILED = EPOLLERR | EPOLLHUP;

    io_event *watched = find(fd, generation);
    if (!watched)
        return;
    // epoll reports a failed fd whatever the mask: to the reader, or to the
    // writer where nobody reads.
    const bool readable = (watched->mask & READ) ? event.events & (EPOLLIN | FAILED)
                                                 : !(watched->mask & WRITE) && event.events & FAILED;
    if (readable && watched->on_read) {
        watched->on_read();
        watched = find(fd, generation);
    }
    const bool writable = event.events & (EPOLLOUT | FAILED);
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
    for (callback &task : tasks)
        task();
}

status event_loop::event_process()
{
    if (!_state)
        return _state;
    _thread.store(std::this_thread::get_id(), std::memory_order_release);

    std::array<epoll_event, 256> events;
    status result;
    while (!_stop.load(std::memory_order_acquire)) {
        const int count = epoll_wait(_epoll.get(), events.data(), events.size(),
                                     _timers.wait_ms(clock::now()));
        if (count < 0 && errno != EINTR) {
            result = status::from_errno("epoll_wait");
            break;
        }
        _wakeups.fetch_add(1, std::memory_order_relaxed);
        _now = clock::now();
        for (int i = 0; i < count; ++i)
            dispatch(events[static_cast<size_t>(i)]);
        _timers.run_due(_now);
        run_tasks();
        destroy_garbage();
    }
    _stop.store(false, std::memory_order_release);
    _thread.store(std::thread::id(), std::memory_order_release);
    return result;
}

}  // namespace lars
