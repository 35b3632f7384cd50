#include "service_watch.h"

#include <chrono>
#include <ctime>

#include "metrics_reader.h"
#include "start_thread.h"

namespace lars {

static constexpr std::chrono::seconds INTERVAL(5);

static void add(const char *kind, const std::vector<server_address> &addresses,
                std::vector<service_state> *states)
{
    for (const server_address &address : addresses) {
        states->emplace_back();
        states->back().kind = kind;
        states->back().address = address;
    }
}

service_watch::service_watch(const web_options &options)
{
    add("dns", options.dns_metrics, &_states);
    add("reporter", options.reporter_metrics, &_states);
    add("agent", options.agent_metrics, &_states);
}

service_watch::~service_watch()
{
    {
        std::lock_guard lock(_mutex);
        _stopping = true;
    }
    _ended.notify_all();
    if (_thread.joinable())
        _thread.join();
}

status service_watch::start()
{
    return start_thread(&_thread, "the thread that watches the services", [this] { run(); });
}

std::vector<service_state> service_watch::states() const
{
    std::lock_guard lock(_mutex);
    return _states;
}

void service_watch::run()
{
    std::unique_lock lock(_mutex);
    while (!_stopping) {
        for (size_t i = 0; i < _states.size() && !_stopping; ++i) {
            lock.unlock();
            ask(i);
            lock.lock();
        }
        _ended.wait_for(lock, INTERVAL, [this] { return _stopping; });
    }
}

void service_watch::ask(size_t index)
{
    service_figures figures;
    const status s = read_service(_states[index].address, &figures);
    std::lock_guard lock(_mutex);
    service_state &state = _states[index];
    state.asked = true;
    state.alive = s.ok();
    state.trouble = s.message();
    if (!s)
        return;
    state.version = figures.version;
    state.behind = figures.behind;
    state.seen = time(nullptr);
}

}  // namespace lars
