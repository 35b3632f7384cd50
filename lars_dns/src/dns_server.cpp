#include "dns_server.h"

namespace lars {

dns_server::dns_server(event_loop *loop, const dns_options &options)
    : _loop(loop), _address(options.server.address), _server(loop, options.server.for_tcp_server())
{
    _server.set_conn_close([this](net_connection &conn) {
        _server.loop_state<loop_state>(conn).subscriptions.unsubscribe(conn.id());
    });
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
    _server.set_loop_state<loop_state>([table = std::move(first_table)] {
        auto state = std::make_unique<loop_state>();
        state->table = table;
        return state;
    });
    const status started = _server.start();
    _serving = started.ok();
    return started;
}

void dns_server::publish(std::shared_ptr<const route_table> table, std::vector<module_id> changed)
{
    auto shared_changed = std::make_shared<const std::vector<module_id>>(std::move(changed));
    _server.run_in_loops([table = std::move(table), shared_changed](server_loop &here) {
        here.state<loop_state>().table = table;
        push(here, *shared_changed);
    });
}

void dns_server::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    _server.stop(grace, std::move(done));
}

// Makes STATE's answer the module's route, or that it is not known.
void dns_server::make_answer(loop_state &state, const module_id &module, uint32_t seq)
{
    const table_route *found = state.table->find(module);
    size_t fitted = 0;
    if (found)
        state.answer = found->answer;
    else
        state.answer = encode_route_for_all({module, {}}, &fitted);
    append_seq_and_version(&state.answer, seq, state.table->version());
}

static void send_answer(net_connection &conn, const std::string &body)
{
    conn.send_message(body.data(), body.size(), ID_GetRouteResponse);
}

void dns_server::on_get_route(const char *data, uint32_t len, net_connection &conn)
{
    loop_state &state = _server.loop_state<loop_state>(conn);
    module_request request;
    if (!state.codec.decode_route_request(data, len, &request)) {
        on_bad_message(state, conn);
        return;
    }
    subscribe(state, request.module, conn);
    make_answer(state, request.module, request.seq);
    send_answer(conn, state.answer);
}

void dns_server::subscribe(loop_state &state, const module_id &module, net_connection &conn)
{
    const size_t before = state.subscriptions.size();
    if (!state.subscriptions.subscribe(conn.id(), module))
        on_full_list(state, conn);
    const bool is_new = state.subscriptions.size() > before;
    if (!is_new || state.table->find(module))
        return;
    const auto first = state.subscriptions.subscribed_to_unknown(conn.id(), module);
    if (first && !state.table->find(*first))
        state.subscriptions.unsubscribe(conn.id(), *first);
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
    ++state.refused_subscriptions;
    state.full_limiter.write(_loop->log(), conn.loop()->now(), log_level::warn, conn.peer(),
                             " has subscribed to as many modules as it may: further ones are",
                             " answered, their changes are not pushed (",
                             state.refused_subscriptions, " so far)");
}

void dns_server::push(server_loop &here, const std::vector<module_id> &changed)
{
    loop_state &state = here.state<loop_state>();
    for (const module_id &module : changed) {
        const std::vector<uint64_t> *subscribers = state.subscriptions.subscribers(module);
        if (!subscribers)
            continue;
        make_answer(state, module, 0);
        // Sending never ends a connection on the spot, so the list stays as it is.
        for (uint64_t id : *subscribers) {
            if (net_connection *conn = here.find(id))
                send_answer(*conn, state.answer);
        }
    }
}

}  // namespace lars
