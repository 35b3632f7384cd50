#include "dns_server.h"

#include "server_metrics.h"

namespace lars {

// Of one loop.
static constexpr size_t MAX_LATER = 100000;

static subscribe_list::subscriber *subscriber_of(const net_connection &conn)
{
    return *std::any_cast<subscribe_list::subscriber *>(&conn.param);
}

dns_server::dns_server(event_loop *loop, const dns_options &options)
    : _loop(loop), _address(options.server.address), _server(loop, options.server.for_tcp_server())
{
    _server.set_conn_start([this](net_connection &conn) {
        conn.param = _server.loop_state<loop_state>(conn).subscriptions.join(conn.id());
    });
    _server.set_conn_close([this](net_connection &conn) {
        _server.loop_state<loop_state>(conn).subscriptions.leave(subscriber_of(conn));
    });
}

status dns_server::bind()
{
    const status added = _server.add_msg_router(
        ID_GetRouteRequest, [this](const char *data, uint32_t len, int, net_connection &conn) {
            on_get_route(data, len, conn);
        });
    if (!added)
        return added;
    const status hints =
        _server.add_msg_router(ID_RouteHint, [this](const char *, uint32_t, int, net_connection &) {
            if (_on_hint)
                _on_hint();
        });
    return hints ? _server.bind(_address) : hints;
}

status dns_server::start(std::shared_ptr<const route_table> first_table, bool complete)
{
    _server.set_loop_state<loop_state>([table = std::move(first_table), complete] {
        auto state = std::make_unique<loop_state>();
        state->table = table;
        state->complete = complete;
        return state;
    });
    const status started = _server.start();
    _serving = started.ok();
    return started;
}

void dns_server::publish(std::shared_ptr<const route_table> table, std::vector<module_id> changed,
                         bool complete)
{
    auto shared_changed = std::make_shared<const std::vector<module_id>>(std::move(changed));
    _server.run_in_loops(
        [this, table = std::move(table), shared_changed, complete](server_loop &here) {
            here.state<loop_state>().table = table;
            here.state<loop_state>().complete = complete;
            push(here, *shared_changed);
            if (complete)
                answer_what_waits(here);
        });
}

void dns_server::stop(std::chrono::milliseconds grace, std::function<void()> done)
{
    _server.stop(grace, std::move(done));
}

// All but the end of an answer: the module's ROUTE, or that it is not known. Valid until the
// next one is made.
std::string_view dns_server::start_of_answer(loop_state &state, const module_id &module,
                                             const std::optional<encoded_route> &route)
{
    if (route)
        return route->answer();
    state.unknown.clear();
    append_encoded_route({module, {}}, &state.unknown);
    return state.unknown;
}

void dns_server::on_get_route(const char *data, uint32_t len, net_connection &conn)
{
    loop_state &state = _server.loop_state<loop_state>(conn);
    module_request request;
    if (!state.codec.decode_route_request(data, len, &request)) {
        on_bad_message(state, conn);
        return;
    }
    const auto route = state.table->find(request.module);
    if (state.complete || route)
        answer(state, conn, request, route);
    else if (state.later.size() < MAX_LATER)
        state.later.push_back({conn.id(), request});
    // Otherwise it is not answered: agents ask again.
}

void dns_server::answer(loop_state &state, net_connection &conn, const module_request &request,
                        const std::optional<encoded_route> &route)
{
    // Both are somewhere in much memory: it is fetched while the list is looked through.
    if (route)
        __builtin_prefetch(route->body().data());
    subscribe(state, conn, request.module, route.has_value());
    const answer_end end(request.seq, state.table->version());
    conn.send_joined(start_of_answer(state, request.module, route), end.bytes(),
                     ID_GetRouteResponse);
    ++state.lookups;
}

void dns_server::answer_what_waits(server_loop &here)
{
    loop_state &state = here.state<loop_state>();
    for (const unanswered &question : std::exchange(state.later, {})) {
        if (net_connection *conn = here.find(question.conn_id))
            answer(state, *conn, question.request, state.table->find(question.request.module));
    }
}

void dns_server::subscribe(loop_state &state, net_connection &conn, const module_id &module,
                           bool exists)
{
    subscribe_list::subscriber *const who = subscriber_of(conn);
    const size_t before = state.subscriptions.size();
    if (!state.subscriptions.subscribe(who, module))
        on_full_list(state, conn);
    const bool is_new = state.subscriptions.size() > before;
    if (!is_new || exists)
        return;
    const auto first = state.subscriptions.subscribed_to_unknown(who, module);
    if (first && !state.table->find(*first))
        state.subscriptions.unsubscribe(who, *first);
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
    const answer_end end(0, state.table->version());
    for (const module_id &module : changed) {
        const std::vector<uint64_t> *subscribers = state.subscriptions.subscribers(module);
        if (!subscribers)
            continue;
        const std::string_view start = start_of_answer(state, module, state.table->find(module));
        // Sending never ends a connection on the spot, so the list stays as it is.
        for (uint64_t id : *subscribers) {
            net_connection *const conn = here.find(id);
            if (!conn)
                continue;
            conn->send_joined(start, end.bytes(), ID_GetRouteResponse);
            ++state.pushes;
        }
    }
}

void dns_server::add_metrics(const std::shared_ptr<metrics_page> &page)
{
    add_server_metrics(_server, page.get());
    _server.run_in_loops([page](server_loop &here) {
        const loop_state &state = here.state<loop_state>();
        page->count("lars_dns_lookups_total", "Lookups answered.", state.lookups);
        page->count("lars_dns_pushes_total", "Changes pushed, one for each subscriber.",
                    state.pushes);
        page->count("lars_dns_bad_messages_total", "Messages dropped because they make no sense.",
                    state.bad_messages);
        page->count("lars_dns_refused_subscriptions_total",
                    "Lookups answered without a subscription, because there were too many.",
                    state.refused_subscriptions);
        page->gauge("lars_dns_subscriptions", "Modules that connections have subscribed to.",
                    state.subscriptions.size());
        page->gauge("lars_dns_lookups_waiting",
                    "Lookups that wait until the snapshot was compared with the database.",
                    state.later.size());
    });
}

}  // namespace lars
