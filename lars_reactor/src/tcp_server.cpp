#include "tcp_server.h"

#include <cassert>
#include <typeinfo>

#include "acceptor.h"
#include "conn_group.h"
#include "message.h"
#include "sockets.h"

namespace lars {

// The low bits of a connection's id tell its loop.
static constexpr uint64_t LOOP_BITS = 0xff;

tcp_server::tcp_server(event_loop *loop, const tcp_server_options &options)
    : _loop(loop),
      _options(options),
      _shared(std::make_shared<server_shared>()),
      _acceptor(std::make_unique<acceptor>(
          loop, [this](unique_fd fd, const endpoint &peer) { admit(std::move(fd), peer); }))
{
    _shared->limits = options.limits;
    _shared->silent_timeout = options.silent_timeout;
    _shared->max_per_address = options.max_per_address;
    _shared->unlimited_addresses = options.unlimited_addresses;
    _shared->memory.limit = options.memory_limit;
    _shared->memory.when_exceeded = [this] { cut_beyond_share(); };
}

tcp_server::~tcp_server()
{
    _acceptor->stop();
    // A group may only be taken apart where its loop runs, or once it has ended.
    _pool.stop();
    // Close hooks that still send find nobody.
    std::vector<std::shared_ptr<conn_group>> groups;
    groups.swap(_groups);
}

endpoint tcp_server::address() const
{
    return _acceptor->address();
}

size_t tcp_server::connections() const
{
    return _shared->memory.connections.load(std::memory_order_relaxed);
}

uint64_t tcp_server::unknown_messages() const
{
    return _shared->unknown_messages;
}

uint64_t tcp_server::overflows() const
{
    return _shared->overflows;
}

uint64_t tcp_server::refused() const
{
    return _shared->refused;
}

uint64_t tcp_server::refused_per_address() const
{
    return _shared->refused_per_address;
}

uint64_t tcp_server::not_allowed() const
{
    return _shared->not_allowed;
}

uint64_t tcp_server::memory_cuts() const
{
    return _shared->memory.cuts;
}

uint64_t tcp_server::silent() const
{
    return _shared->silent;
}

size_t tcp_server::memory_held() const
{
    return _shared->memory.held;
}

status tcp_server::add_msg_router(int msgid, msg_callback callback)
{
    return _shared->router.register_msg_router(msgid, std::move(callback));
}

void tcp_server::set_conn_start(conn_callback hook)
{
    _shared->on_start = std::move(hook);
}

void tcp_server::set_conn_close(conn_callback hook)
{
    _shared->on_close = std::move(hook);
}

status tcp_server::bind(const endpoint &address)
{
    return _acceptor->bind(address);
}

status tcp_server::start()
{
    if (_options.threads < 0 || _options.threads > 255)
        return status::error("a server has 0 to 255 threads, not " +
                             std::to_string(_options.threads));
    if (!_groups.empty())
        return status::error("a server was started already");
    // A start that fails leaves nothing: what it has made goes with these two.
    thread_pool pool;
    std::vector<std::shared_ptr<conn_group>> groups;
    if (status s = pool.start(_options.threads, _loop->log()); !s)
        return s;
    status listens;
    try {
        for (size_t i = 0; i < pool.size(); ++i)
            groups.push_back(make_group(pool.loop(i)));
        if (groups.empty())
            groups.push_back(make_group(_loop));
        listens = _acceptor->listen();
    } catch (...) {
        pool.stop();
        throw;
    }
    if (!listens) {
        // A group may only be taken apart where its loop does not run.
        pool.stop();
        return listens;
    }
    _pool = std::move(pool);
    _groups = std::move(groups);
    return {};
}

std::shared_ptr<conn_group> tcp_server::make_group(event_loop *loop) const
{
    loop_state_holder state = _make_state ? _make_state() : loop_state_holder{};
    return std::make_shared<conn_group>(loop, _shared, std::move(state));
}

bool tcp_server::may_enter(const endpoint &peer)
{
    const auto refuse = [&](std::atomic<uint64_t> &count, log_limiter &limiter,
                            const auto &...why) {
        const uint64_t refused = ++count;
        limiter.write(_loop->log(), _loop->now(), log_level::warn, "refused ", peer, ": ", why...,
                      " (", refused, " so far)");
        return false;
    };
    if (!_options.allow.empty() && !_options.allow.contains(peer.ip))
        return refuse(_shared->not_allowed, _not_allowed_limiter, "its address is not allowed");
    if (connections() >= _options.max_connections)
        return refuse(_shared->refused, _refused_limiter,
                      "so many connections, max = ", _options.max_connections);
    if (_shared->counts_address(peer.ip) &&
        !_shared->addresses.enter(peer.ip, _options.max_per_address))
        return refuse(_shared->refused_per_address, _per_address_limiter,
                      "so many connections from its address, max = ", _options.max_per_address);
    return true;
}

void tcp_server::admit(unique_fd fd, const endpoint &peer)
{
    if (!may_enter(peer))
        return;
    tune_stream(fd.get(), _options.send_timeout);
    _shared->memory.connections.fetch_add(1, std::memory_order_relaxed);
    const size_t index = _admitted++ % _groups.size();
    const uint64_t id = _admitted << 8 | index;

    // A task must be copyable, an fd must not.
    auto shared_fd = std::make_shared<unique_fd>(std::move(fd));
    const std::weak_ptr<conn_group> group = _groups[index];
    _groups[index]->loop()->run_in_loop([group, id, shared_fd, peer] {
        if (const auto alive = group.lock())
            alive->add(id, std::move(*shared_fd), peer);
    });
}

// Any thread. Connections of any loop may hold too much, not only that which asked.
void tcp_server::cut_beyond_share()
{
    constexpr int64_t PAUSE_MS = 100;
    const int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                            event_loop::clock::now().time_since_epoch())
                            .count();
    int64_t last = _last_cut.load(std::memory_order_relaxed);
    if (now - last < PAUSE_MS || !_last_cut.compare_exchange_strong(last, now))
        return;
    for (const auto &group : _groups) {
        group->loop()->add_task([weak = std::weak_ptr<conn_group>(group)] {
            if (const auto alive = weak.lock())
                alive->cut_beyond_share();
        });
    }
}

void tcp_server::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    _acceptor->stop();
    if (_groups.empty()) {
        done();
        return;
    }
    auto left = std::make_shared<size_t>(_groups.size());
    auto one_drained = [left, done = std::move(done)] {
        if (--*left == 0)
            done();
    };
    for (const auto &group : _groups) {
        group->loop()->add_task(
            [weak = std::weak_ptr<conn_group>(group), grace, loop = _loop, one_drained] {
                if (const auto alive = weak.lock())
                    alive->drain(grace, [loop, one_drained] { loop->add_task(one_drained); });
            });
    }
}

send_result tcp_server::send_message(uint64_t conn_id, const char *data, size_t len, int msgid)
{
    if (len > MESSAGE_LENGTH_LIMIT)
        return send_result::too_long;
    const size_t index = conn_id & LOOP_BITS;
    if (index >= _groups.size())
        return send_result::closed;
    const std::shared_ptr<conn_group> &group = _groups[index];
    if (group->loop()->running_here()) {
        tcp_conn *conn = group->find(conn_id);
        return conn ? conn->send_message(data, len, msgid) : send_result::closed;
    }
    group->loop()->add_task(
        [weak = std::weak_ptr<conn_group>(group), conn_id, body = std::string(data, len), msgid] {
            const auto alive = weak.lock();
            tcp_conn *conn = alive ? alive->find(conn_id) : nullptr;
            if (conn)
                conn->send_message(body.data(), body.size(), msgid);
        });
    return send_result::ok;
}

void tcp_server::run_in_loops(const std::function<void(server_loop &)> &task)
{
    for (const auto &group : _groups) {
        group->loop()->add_task([task, weak = std::weak_ptr<conn_group>(group)] {
            if (const auto alive = weak.lock())
                task(*alive);
        });
    }
}

const server_loop &tcp_server::loop_of(const net_connection &conn) const
{
    // Not by its id: a close hook may run when _groups is empty already.
    assert(typeid(conn) == typeid(tcp_conn));
    const conn_group &group = static_cast<const tcp_conn &>(conn).group();
    assert(&group.shared() == _shared.get());
    return group;
}

}  // namespace lars
