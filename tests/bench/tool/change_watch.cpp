#include "change_watch.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cstdio>

#include "tool.h"

namespace lars::bench {

static constexpr int ROUND_MS = 50;
static constexpr std::chrono::seconds SUBSCRIBED_WITHIN(5);
static constexpr std::chrono::seconds LATE(5);  // who has not got a change then will not get it
static constexpr size_t MOST_CHANGES = 100;     // on their way at a time

status change_watch::open()
{
    raise_descriptor_limit();
    _epoll = unique_fd(epoll_create1(EPOLL_CLOEXEC));
    _subscribers.resize(static_cast<size_t>(_options.subscribers));
    for (subscriber &one : _subscribers) {
        if (stopped())
            return status::error("stopped while it subscribed");
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &one;
        status s = one.peer.open(_options.server);
        if (s)
            s = one.peer.send(lookup_frame(_options.module, 1));
        if (!s)
            return s;
        ++_open;
        if (epoll_ctl(_epoll.get(), EPOLL_CTL_ADD, one.peer.fd(), &event) != 0)
            return status::from_errno("epoll_ctl");
    }
    const auto end = clock::now() + SUBSCRIBED_WITHIN;
    while (_answered < _options.subscribers && _errors == 0 && clock::now() < end && !stopped())
        step();
    if (_errors > 0)
        return _first_error;
    if (_answered < _options.subscribers)
        return status::error(_options.server.to_string() + " has answered " +
                             std::to_string(_answered) + " of " +
                             std::to_string(_options.subscribers) + " subscribers");
    std::printf("%d subscribers; %s\n", _answered, hosts_text(_options.module, _hosts).c_str());
    std::fflush(stdout);
    return {};
}

void change_watch::give_up(subscriber *one, const status &why)
{
    if (_errors++ == 0)
        _first_error = why;
    one->peer.close();
    --_open;
}

void change_watch::note(const GetRouteResponse &answer, subscriber *one, clock::time_point now)
{
    const uint64_t version = answer.version();
    const uint64_t number = version == 0 ? one->pushes : 0;
    ++one->pushes;
    const auto found = std::find_if(_changes.begin(), _changes.end(), [&](const change &other) {
        return other.version == version && other.number == number;
    });
    change &news = found != _changes.end()
                       ? *found
                       : _changes.emplace_back(change{version, number, 0, 0, now, now});
    news.hosts = answer.host_size();
    news.last = now;
    ++news.have;
}

void change_watch::handle(subscriber *one, clock::time_point now)
{
    const status s = one->peer.receive(_options.module, [&](const GetRouteResponse &answer) {
        if (answer.seq() == 0) {
            note(answer, one, now);
        } else if (!one->answered) {
            one->answered = true;
            ++_answered;
            _hosts = answer.host_size();
        }
        return status();
    });
    if (!s)
        give_up(one, s);
}

void change_watch::print_changes(clock::time_point now, bool all)
{
    while (!_changes.empty()) {
        const change &oldest = _changes.front();
        if (!all && oldest.have < _open && now - oldest.first < LATE &&
            _changes.size() <= MOST_CHANGES)
            return;
        const auto spread = oldest.last - oldest.first;
        _spreads.add(spread);
        std::printf("%d of %d subscribers: %s, %s from the first to the last", oldest.have,
                    _options.subscribers, hosts_text(_options.module, oldest.hosts).c_str(),
                    time_text(spread).c_str());
        std::printf(oldest.version == 0 ? "\n" : ", version %llu\n",
                    static_cast<unsigned long long>(oldest.version));
        std::fflush(stdout);
        _changes.pop_front();
    }
}

void change_watch::step()
{
    epoll_event ready[256];
    const int count = epoll_wait(_epoll.get(), ready, 256, ROUND_MS);
    for (int i = 0; i < count; ++i)
        handle(static_cast<subscriber *>(ready[i].data.ptr), clock::now());
    print_changes(clock::now(), false);
}

void change_watch::run()
{
    const auto end = clock::now() + _options.length;
    while (clock::now() < end && _open > 0 && !stopped())
        step();
    print_changes(clock::now(), true);
}

}  // namespace lars::bench
