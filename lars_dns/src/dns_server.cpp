#include "dns_server.h"

#include <algorithm>

namespace lars {

dns_server::dns_server(event_loop *loop, const dns_options &options)
    : _loop(loop), _address(options.server.address), _server(loop, options.server.for_tcp_server())
{
    for (int i = 0; i < std::max(options.server.threads, 1); ++i)
        _states.push_back(std::make_unique<loop_state>());
    _server.set_conn_close(
        [this](net_connection &conn) { state_of(conn).subscriptions.unsubscribe(conn.id()); });
}

status dns_server::bind()
{
    const status added = _server.add_msg_router(
        ID_GetRouteRequest, [this](const char *data, uint32_t len, int, net_connection &conn) {
            on_get_route(data, len, conn);
        });
    return added ? _server.bind(_address) : added;
}

status dns_server::start(std::shared_ptr<const route_table> first_table)
{
    for (auto &state : _states)
        state->table = first_table;
    const status started = _server.start();
    _serving = started.ok();
    return started;
}

void dns_server::publish(std::shared_ptr<const route_table> table, std::vector<module_key> changed)
{
    auto shared_changed = std::make_shared<const std::vector<module_key>>(std::move(changed));
    _server.run_in_loops([this, table = std::move(table), shared_changed](size_t index) {
        push(index, table, *shared_changed);
    });
}

void dns_server::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    _server.stop(grace, std::move(done));
}

dns_server::loop_state &dns_server::state_of(const net_connection &conn)
{
    return *_states[tcp_server::loop_index(conn.id())];
}

static send_result send_answer(net_connection &conn, const std::string &body)
{
    return conn.send_message(body.data(), body.size(), ID_GetRouteResponse);
}

void dns_server::on_get_route(const char *data, uint32_t len, net_connection &conn)
{
    loop_state &state = state_of(conn);
    GetRouteRequest &request = state.request;
    if (!request.ParseFromArray(data, static_cast<int>(len))) {
        on_bad_message(state, conn);
        return;
    }
    const module_key key = make_module_key(request.modid(), request.cmdid());
    if (!state.subscriptions.subscribe(conn.id(), key))
        on_full_list(state, conn);

    const route *found = state.table->find(key);
    if (found && request.seq() == 0) {
        send_answer(conn, found->answer);
        return;
    }
    state.answer = found ? found->answer : empty_answer(key);
    if (request.seq() != 0) {
        // The fields of two messages, one after the other, are one message.
        GetRouteResponse only_seq;
        only_seq.set_seq(request.seq());
        only_seq.AppendToString(&state.answer);
    }
    send_answer(conn, state.answer);
}

void dns_server::on_bad_message(loop_state &state, net_connection &conn)
{
    ++state.bad_messages;
    state.bad_limiter.write(_loop->log(), conn.loop()->now(), log_level::warn,
                            "dropped a body from ", conn.peer(), " that is no GetRouteRequest (",
                            state.bad_messages, " so far)");
}

void dns_server::on_full_list(loop_state &state, net_connection &conn)
{
    state.full_limiter.write(_loop->log(), conn.loop()->now(), log_level::warn, conn.peer(),
                             " has subscribed to ", subscribe_list::MAX_PER_CONNECTION,
                             " modules: further ones are answered, their changes are not pushed");
}

void dns_server::push(size_t index, std::shared_ptr<const route_table> table,
                      const std::vector<module_key> &changed)
{
    loop_state &state = *_states[index];
    state.table = std::move(table);
    for (module_key key : changed) {
        const std::vector<uint64_t> *subscribers = state.subscriptions.subscribers(key);
        if (!subscribers)
            continue;
        const route *now = state.table->find(key);
        const std::string answer = now ? now->answer : empty_answer(key);
        // Sending never ends a connection on the spot, so the list stays as it is.
        for (uint64_t id : *subscribers) {
            if (net_connection *conn = _server.find(id))
                send_answer(*conn, answer);
        }
    }
}

}  // namespace lars
