// Carries items from any thread to a consumer that runs in one loop. The consumer gets
// all that waits at once, in the order in which each thread sent it, and the loop is
// woken up once for all of it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "event_loop.h"

namespace lars {

template <typename T>
class thread_queue {
public:
    using consumer = std::function<void(std::vector<T> &batch)>;

    // CONSUME is called in LOOP's thread; LOOP outlives every send(). LIMIT is how many
    // items may wait, 0 for any number. The queue is destroyed in LOOP's thread. What
    // waits then is not consumed. A batch whose consumer throws is given up
    // (event_loop.h says what comes of the exception).
    thread_queue(event_loop *loop, consumer consume, size_t limit = 0)
        : _loop(loop), _state(std::make_shared<state>()), _limit(limit)
    {
        _state->consume = std::move(consume);
    }

    // Any thread. Returns false, and does not take ITEM, when LIMIT items wait.
    bool send(T item)
    {
        {
            std::lock_guard<std::mutex> lock(_state->mutex);
            if (_limit > 0 && _state->waiting.size() >= _limit)
                return false;
            _state->waiting.push_back(std::move(item));
            if (_state->waiting.size() > 1)
                return true;
        }
        _loop->add_task([weak = std::weak_ptr<state>(_state)] {
            if (const std::shared_ptr<state> alive = weak.lock())
                alive->take();
        });
        return true;
    }

private:
    struct state {
        std::mutex mutex;
        std::vector<T> waiting;  // guarded by mutex
        std::vector<T> batch;    // the loop's
        consumer consume;

        void take()
        {
            {
                std::lock_guard<std::mutex> lock(mutex);
                batch.swap(waiting);
            }
            try {
                consume(batch);
            } catch (...) {
                batch.clear();
                throw;
            }
            batch.clear();
        }
    };

    event_loop *_loop;
    std::shared_ptr<state> _state;
    size_t _limit;
};

}  // namespace lars
