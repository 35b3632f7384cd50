#include "explanation.h"

#include "message.h"
#include "wire_rules.h"

namespace lars {

// What a host takes in the answer beside its fields, at most: tag and length.
static constexpr size_t HOST_OVERHEAD = 4;

bool decode_explain_request(const char *data, size_t len, explain_request *out)
{
    ExplainRequest request;
    if (!request.ParseFromArray(data, static_cast<int>(len)))
        return false;
    *out = {{request.modid(), request.cmdid()}, request.seq(), request.first()};
    return true;
}

static void add_clients(const explained_module &module, ExplainResponse *to)
{
    to->set_in_table(module.in_table);
    to->set_clients_in_all(static_cast<uint32_t>(module.clients_in_all));
    for (const explained_client &client : module.clients) {
        ExplainedClient *added = to->add_clients();
        added->set_process(client.process);
        added->set_user(client.user);
        added->set_met_ms(client.met_ms);
        if (client.last_choice_ms)
            added->set_last_choice_ms(*client.last_choice_ms);
        added->set_seen_ms(client.seen_ms);
    }
}

explanation_writer::explanation_writer(const explain_request &asked, uint64_t running_ms,
                                       const explained_module &module)
{
    _response.set_seq(asked.seq);
    _response.set_modid(asked.module.modid);
    _response.set_cmdid(asked.module.cmdid);
    _response.set_running_ms(running_ms);
    _response.set_known(module.known);
    if (module.known) {
        _response.set_policy(module.policy);
        _response.set_origin(module.origin);
        _response.set_route_ms(module.route_ms);
        _response.set_asking(module.asking);
        _response.set_hosts_in_all(static_cast<uint32_t>(module.hosts));
        _response.set_first(asked.first);
        for (const explained_choice &choice : module.next) {
            ExplainedChoice *next = _response.add_next();
            next->set_ip(ip_to_wire(choice.address.ip));
            next->set_port(choice.address.port);
            next->set_probe(choice.probe);
        }
        add_clients(module, &_response);
    }
    _size = _response.ByteSizeLong();
}

static void fill(const explained_host &from, ExplainedHost *to)
{
    to->set_ip(ip_to_wire(from.host.address.ip));
    to->set_port(from.host.address.port);
    to->set_weight(from.host.weight);
    to->set_overloaded(from.overloaded);
    to->set_state_ms(from.state_ms);
    to->set_reason(from.reason);
    to->set_share(from.share);
    if (from.next_probe_ms)
        to->mutable_next_probe()->set_in_ms(*from.next_probe_ms);
    for (const auto &[name, value] : from.figures) {
        ExplainedFigure *figure = to->add_figures();
        figure->set_name(name);
        figure->set_value(value);
    }
    for (const explained_change &change : from.changes) {
        ExplainedChange *past = to->add_changes();
        past->set_age_ms(change.age_ms);
        past->set_overloaded(change.overloaded);
        past->set_reason(change.reason);
    }
}

bool explanation_writer::add(const explained_host &host)
{
    ExplainedHost *added = _response.add_hosts();
    fill(host, added);
    const size_t size = added->ByteSizeLong() + HOST_OVERHEAD;
    if (_size + size > DATAGRAM_LENGTH_LIMIT) {
        _response.mutable_hosts()->RemoveLast();
        return false;
    }
    _size += size;
    return true;
}

std::string explanation_writer::body() const
{
    return _response.SerializeAsString();
}

}  // namespace lars
