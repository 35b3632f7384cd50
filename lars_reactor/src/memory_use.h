// The memory that the buffers of a server's connections hold, against a limit for all of
// them. Each connection counts its own; what is more than a little of that is added to
// the total, so that connections whose buffers come and go do not touch what others use.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace lars {

// Any thread.
struct memory_total {
    // As many bytes of each connection do not count.
    static constexpr size_t STEP = 64u << 10;

    size_t limit = 0;                     // 0: none
    std::function<void()> when_exceeded;  // see memory_use::beyond_share

    std::atomic<size_t> connections{0};
    std::atomic<size_t> held{0};
    std::atomic<uint64_t> cuts{0};  // connections closed because of it

    bool exceeded() const { return limit > 0 && held.load(std::memory_order_relaxed) > limit; }
    // What each connection may hold while the limit is exceeded.
    size_t share() const
    {
        const size_t count = connections.load(std::memory_order_relaxed);
        return std::max(STEP, limit / std::max<size_t>(count, 1));
    }
};

// One connection's part. One thread.
class memory_use {
public:
    // Without a TOTAL it only counts.
    explicit memory_use(std::shared_ptr<memory_total> total) : _total(std::move(total)) {}
    ~memory_use() { give(_held); }
    memory_use(const memory_use &) = delete;
    memory_use &operator=(const memory_use &) = delete;

    void take(size_t bytes)
    {
        _held += bytes;
        publish();
    }
    void give(size_t bytes)
    {
        _held -= bytes;
        publish();
    }
    size_t held() const { return _held; }

    // True while the limit for all is exceeded and this one holds more than its share. If
    // it is exceeded, others may hold too much and never grow: when_exceeded is told.
    bool beyond_share() const
    {
        if (_held <= memory_total::STEP || !_total || !_total->exceeded())
            return false;
        if (_total->when_exceeded)
            _total->when_exceeded();
        return _held > _total->share();
    }
    void count_cut()
    {
        if (_total)
            _total->cuts.fetch_add(1, std::memory_order_relaxed);
    }

private:
    void publish()
    {
        const size_t counted = _held / memory_total::STEP * memory_total::STEP;
        if (counted == _published)
            return;
        if (_total)
            _total->held.fetch_add(counted - _published, std::memory_order_relaxed);
        _published = counted;
    }

    std::shared_ptr<memory_total> _total;
    size_t _held = 0;
    size_t _published = 0;
};

}  // namespace lars
