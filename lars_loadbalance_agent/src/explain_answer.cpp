#include "explain_answer.h"

#include <algorithm>

namespace lars {

static constexpr uint32_t LOOPBACK_NET = 127;
static constexpr size_t NEXT_CHOICES = 10;
static constexpr size_t CLIENTS = 64;
// What is said of a host takes a look at all others; a long route must not keep the
// programs waiting that ask for a host meanwhile.
static constexpr size_t HOSTS_PER_ANSWER = 64;

bool may_be_told(const endpoint &peer)
{
    return peer.ip >> 24 == LOOPBACK_NET;
}

// The milliseconds from FROM to TO; 0 if that is the past.
static uint64_t span(lb_time from, lb_time to)
{
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(to - from);
    return static_cast<uint64_t>(std::max<int64_t>(0, passed.count()));
}

static explained_host explain_host(const route_host &host, const load_balance &hosts,
                                   const lb_config &config, lb_time now)
{
    load_balance::explanation found = hosts.explain(host.address, config, now);
    explained_host told;
    told.host = host;
    told.overloaded = found.overloaded;
    told.state_ms = span(found.since, now);
    // It may have begun anew since its last change, with another policy.
    if (!found.past.empty() && found.past.back().when == found.since)
        told.reason = reason_of(found.past.back().why);
    told.share = found.account.share;
    if (found.account.next_probe)
        told.next_probe_ms = span(now, *found.account.next_probe);
    told.figures = std::move(found.account.figures);
    for (const load_balance::past_change &past : found.past)
        told.changes.push_back({span(past.when, now), past.overloaded, reason_of(past.why)});
    return told;
}

static std::vector<explained_choice> next_choices(const load_balance &hosts,
                                                  const lb_config &config, lb_time now)
{
    std::vector<explained_choice> next;
    for (const endpoint &address : hosts.next_choices(NEXT_CHOICES, config, now))
        next.push_back({address, hosts.overloaded(address)});
    return next;
}

// The milliseconds from FROM to TO, both in nanoseconds; 0 if that is the past.
static uint64_t span_of_ns(uint64_t from, uint64_t to)
{
    return to > from ? (to - from) / 1000000 : 0;
}

// What a client wrote there may be anything.
static std::vector<explained_client> clients_of(const table_keeper &table, lb_time now)
{
    std::vector<explained_client> clients;
    const auto now_ns = static_cast<uint64_t>(now.time_since_epoch() / std::chrono::nanoseconds(1));
    for (const table_keeper::client &one : table.clients(CLIENTS)) {
        explained_client told;
        told.process = static_cast<uint32_t>(one.process);
        told.user = one.user;
        told.met_ms = span(one.met, now);
        if (one.last_choice != 0) {
            told.last_choice_ms = span_of_ns(one.last_choice, now_ns);
            told.seen_ms = span_of_ns(one.seen, one.last_choice);
        }
        clients.push_back(told);
    }
    return clients;
}

static const char *name_of(balance_policy policy)
{
    return policy == balance_policy::course ? "course" : "adaptive";
}

static explained_module explain_module(const explain_request &asked, const route_lb &modules,
                                       const table_keeper *table, lb_time now)
{
    const load_balance *hosts = modules.find(asked.module);
    const auto route = modules.state_of_route(asked.module);
    explained_module told;
    if (!hosts || !route)
        return told;
    told.known = true;
    told.policy = name_of(modules.config().policy);
    if (route->answered)
        told.origin = ROUTE_FROM_DNS;
    else
        told.origin = hosts->empty() ? ROUTE_AWAITED : ROUTE_FROM_CACHE;
    told.route_ms = span(route->updated, now);
    told.asking = route->pulling;
    told.hosts = hosts->route().size();
    if (asked.first != 0)
        return told;
    told.next = next_choices(*hosts, modules.config(), now);
    if (table) {
        told.in_table = table->shows(asked.module);
        told.clients_in_all = table->pages();
        told.clients = clients_of(*table, now);
    }
    return told;
}

std::string explain_answer(const explain_request &asked, const route_lb &modules,
                           const table_keeper *table, lb_time started, lb_time now)
{
    const explained_module module = explain_module(asked, modules, table, now);
    explanation_writer answer(asked, span(started, now), module);
    if (!module.known)
        return answer.body();
    const load_balance &hosts = *modules.find(asked.module);
    const std::vector<route_host> &route = hosts.route();
    const size_t end = std::min(route.size(), size_t{asked.first} + HOSTS_PER_ANSWER);
    for (size_t i = asked.first; i < end; ++i) {
        if (!answer.add(explain_host(route[i], hosts, modules.config(), now)))
            break;
    }
    return answer.body();
}

}  // namespace lars
