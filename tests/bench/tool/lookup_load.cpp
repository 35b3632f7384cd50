#include "lookup_load.h"

#include <sys/epoll.h>

#include "tool.h"

namespace lars::bench {

static constexpr int ROUND_MS = 100;  // how soon the end is noticed
static constexpr std::chrono::seconds SILENCE(5);
static constexpr std::chrono::seconds PATIENCE(3);

status lookup_load::open()
{
    raise_descriptor_limit();
    _epoll = unique_fd(epoll_create1(EPOLL_CLOEXEC));
    _connections.resize(static_cast<size_t>(_options.connections));
    for (connection &one : _connections) {
        if (stopped())
            return status::error("stopped while it connected");
        one.questions.resize(static_cast<size_t>(_options.in_flight));
        if (const status s = one.peer.open(_options.server); !s)
            return s;
        ++_open;
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &one;
        if (epoll_ctl(_epoll.get(), EPOLL_CTL_ADD, one.peer.fd(), &event) != 0)
            return status::from_errno("epoll_ctl");
    }
    return {};
}

status lookup_load::ask(connection *one, int count, clock::time_point now)
{
    std::string frames;
    for (; count > 0; --count) {
        // A push has no seq, so 0 is left out.
        one->last_seq += one->last_seq == UINT32_MAX ? 2 : 1;
        question &next = one->questions[one->last_seq % one->questions.size()];
        next = {one->last_seq, now};
        frames += lookup_frame(_options.module, next.seq);
    }
    return one->peer.send(frames);
}

status lookup_load::take(connection *one, const GetRouteResponse &answer, clock::time_point now)
{
    _hosts = answer.host_size();
    if (answer.seq() == 0) {
        ++_pushes;
        return {};
    }
    question &asked = one->questions[answer.seq() % one->questions.size()];
    if (asked.seq != answer.seq())
        return status::error(_options.server.to_string() + " answers what nobody has asked");
    asked.seq = 0;
    _answered.add(now - asked.sent);
    ++_came;
    return {};
}

void lookup_load::give_up(connection *one, const status &why)
{
    if (_errors++ == 0)
        _first_error = why;
    one->peer.close();
    --_open;
}

void lookup_load::handle(connection *one, clock::time_point now)
{
    _came = 0;
    status s = one->peer.receive(
        _options.module, [&](const GetRouteResponse &answer) { return take(one, answer, now); });
    if (s && _came > 0)
        s = ask(one, _came, now);
    if (!s)
        give_up(one, s);
}

void lookup_load::run()
{
    const auto begin = clock::now();
    auto heard = begin;
    for (connection &one : _connections) {
        if (const status s = ask(&one, _options.in_flight, clock::now()); !s)
            give_up(&one, s);
    }
    for (auto now = begin; now < begin + _options.length && _open > 0 && !stopped();
         now = clock::now()) {
        if (now > heard + SILENCE) {
            give_up(&_connections[0],
                    status::error(_options.server.to_string() + " has answered nothing for 5 s"));
            break;
        }
        epoll_event ready[256];
        const int count = epoll_wait(_epoll.get(), ready, 256, ROUND_MS);
        const auto woken = clock::now();
        for (int i = 0; i < count; ++i)
            handle(static_cast<connection *>(ready[i].data.ptr), woken);
        heard = count > 0 ? woken : heard;
    }
    _lasted = clock::now() - begin;
    count_unanswered();
}

void lookup_load::count_unanswered()
{
    for (const connection &one : _connections) {
        for (const question &asked : one.questions) {
            if (!one.peer.is_open() || asked.seq == 0 || clock::now() - asked.sent < PATIENCE)
                continue;
            if (_errors++ == 0)
                _first_error = status::error(_options.server.to_string() +
                                             " has not answered a lookup within 3 s");
        }
    }
}

}  // namespace lars::bench
