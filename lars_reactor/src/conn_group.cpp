#include "conn_group.h"

#include <algorithm>
#include <vector>

namespace lars {

conn_group::conn_group(event_loop *loop, std::shared_ptr<server_shared> shared,
                       loop_state_holder state)
    : server_loop(loop, std::move(state)), _shared(std::move(shared))
{
}

conn_group::~conn_group()
{
    _loop->cancel(_drain_timer);
    _loop->cancel(_silence_timer);
    while (!_conns.empty())
        remove(_conns.begin()->first, "the server is gone");
}

void conn_group::add(uint64_t id, unique_fd fd, const endpoint &peer)
{
    auto conn = std::make_unique<tcp_conn>(this, id, std::move(fd), peer);
    if (status s = conn->start(); !s) {
        _loop->log()(log_level::error, "connection from ", peer, ": ", s.message());
        left(peer);
        return;
    }
    tcp_conn &added = *conn;
    _conns.emplace(id, std::move(conn));
    if (_shared->silent_timeout.count() > 0) {
        _newcomers.push_back({event_loop::clock::now(), id});
        if (_newcomers.size() == 1)
            close_silent();
    }
    try {
        if (_shared->on_start)
            _shared->on_start(added);
    } catch (...) {
        added.close();
        throw;
    }
    if (_drained)
        added.close_when_sent();
}

tcp_conn *conn_group::find(uint64_t id) const
{
    const auto found = _conns.find(id);
    return found == _conns.end() ? nullptr : found->second.get();
}

void conn_group::remove(uint64_t id, const std::string &why)
{
    const auto found = _conns.find(id);
    std::shared_ptr<tcp_conn> conn = std::move(found->second);
    _conns.erase(found);
    _loop->log()(log_level::debug, "connection from ", conn->peer(), ": ", why);
    if (conn->was_cut())
        _cut_limiter.write(_loop->log(), _loop->now(), log_level::warn, "closed ", conn->peer(),
                           ": ", why, " (", _shared->memory.cuts.load(), " so far)");
    try {
        if (_shared->on_close)
            _shared->on_close(*conn);
    } catch (...) {
        gone(std::move(conn));
        throw;
    }
    gone(std::move(conn));
}

void conn_group::gone(std::shared_ptr<tcp_conn> conn)
{
    left(conn->peer());
    conn->abandon();
    _loop->destroy_later(std::move(conn));

    if (_drained && _conns.empty()) {
        _loop->cancel(_drain_timer);
        std::exchange(_drained, nullptr)();
    }
}

void conn_group::left(const endpoint &peer)
{
    _shared->memory.connections.fetch_sub(1, std::memory_order_relaxed);
    if (_shared->counts_address(peer.ip))
        _shared->addresses.leave(peer.ip);
}

// One timer for all of them: they are in the order in which their time is up.
void conn_group::close_silent()
{
    using std::chrono::milliseconds;
    _loop->cancel(_silence_timer);
    const auto now = event_loop::clock::now();
    while (!_newcomers.empty()) {
        const newcomer first = _newcomers.front();
        tcp_conn *conn = find(first.id);
        if (conn && !conn->heard()) {
            const auto waited = std::chrono::duration_cast<milliseconds>(now - first.since);
            if (waited < _shared->silent_timeout) {
                _silence_timer =
                    _loop->run_after(_shared->silent_timeout - waited, [this] { close_silent(); });
                return;
            }
            const uint64_t count = ++_shared->silent;
            _silent_limiter.write(_loop->log(), _loop->now(), log_level::warn, "closed ",
                                  conn->peer(), ": it has sent no message in ",
                                  _shared->silent_timeout.count(), " ms (", count, " so far)");
            conn->end("it has sent no message");
        }
        _newcomers.pop_front();
    }
}

void conn_group::cut_beyond_share()
{
    std::vector<tcp_conn *> largest;
    for (const auto &[id, conn] : _conns) {
        if (conn->held() > _shared->memory.share())
            largest.push_back(conn.get());
    }
    std::sort(largest.begin(), largest.end(),
              [](const tcp_conn *a, const tcp_conn *b) { return a->held() > b->held(); });
    for (tcp_conn *conn : largest)
        conn->cut_beyond_share();
}

void conn_group::drain(std::chrono::milliseconds grace, std::function<void()> done)
{
    if (_conns.empty()) {
        done();
        return;
    }
    // Asked for a second time: both are told, and the new grace counts.
    _drained = [earlier = std::move(_drained), done = std::move(done)] {
        if (earlier)
            earlier();
        done();
    };
    _loop->cancel(_drain_timer);
    _drain_timer = _loop->run_after(grace, [this] {
        for (auto &[id, conn] : _conns)
            conn->close();
    });
    for (auto &[id, conn] : _conns)
        conn->close_when_sent();
}

void conn_group::unknown_message(int msgid, const endpoint &peer)
{
    _shared->unknown_messages.fetch_add(1, std::memory_order_relaxed);
    _unknown_limiter.write(_loop->log(), _loop->now(), log_level::warn, "unknown message id ",
                           msgid, " from ", peer);
}

}  // namespace lars
