#include "explain_client.h"

#include <chrono>

#include "agent_frame.h"
#include "wire_rules.h"

namespace lars {

using timer = agent_socket::clock;

static constexpr std::chrono::seconds DEADLINE(1);
// A route that is changed while it is read is read again, so many times.
static constexpr int TRIES = 5;

explain_client::explain_client(const std::string &ip, int port, const tool_module &module)
    : _ip(ip),
      _port(port + static_cast<int>(agent_port_of(module.modid, module.cmdid))),
      _module(module),
      // Another start than the last process's, which may have had the same port.
      _seq(static_cast<uint32_t>(timer::now().time_since_epoch().count())),
      _space(MAX_DATAGRAM)
{
}

bool explain_client::ask(ExplainResponse *out)
{
    for (int tries = 0; tries < TRIES; ++tries) {
        bool changed = false;
        if (!ask_all(out, &changed))
            return false;
        if (!changed)
            return true;
    }
    _error = "the route of " + _module.to_string() + " changes faster than it can be read";
    return false;
}

// Whether the answer PART is no longer about the route that WHOLE is about.
static bool is_of_another_route(const ExplainResponse &part, const ExplainResponse &whole)
{
    return !part.known() || part.hosts_in_all() != whole.hosts_in_all() ||
           part.running_ms() < whole.running_ms() || part.route_ms() < whole.route_ms() ||
           part.hosts_size() == 0;
}

bool explain_client::ask_all(ExplainResponse *out, bool *changed)
{
    if (!ask_from(0, out))
        return false;
    while (static_cast<uint32_t>(out->hosts_size()) < out->hosts_in_all()) {
        ExplainResponse part;
        if (!ask_from(out->hosts_size(), &part))
            return false;
        *changed = is_of_another_route(part, *out);
        if (*changed)
            return true;
        out->mutable_hosts()->MergeFrom(part.hosts());
    }
    return true;
}

bool explain_client::ask_from(int first, ExplainResponse *out)
{
    ExplainRequest request;
    request.set_modid(_module.modid);
    request.set_cmdid(_module.cmdid);
    request.set_seq(++_seq);
    request.set_first(static_cast<uint32_t>(first));
    if (!send(request))
        return false;
    const auto until = timer::now() + DEADLINE;
    do {
        const ssize_t size = _socket.receive(_space.data(), _space.size(), until, _error);
        if (size >= 0 && is_answer(request, static_cast<size_t>(size), out))
            return true;
        if (size < 0 && timer::now() < until)
            return false;  // there is no agent
    } while (timer::now() < until);
    _error =
        "no answer from the agent at " + agent() +
        " before the deadline; one that is older than this program does not know the question," +
        " and to others than 127.x.y.z none answers it";
    return false;
}

bool explain_client::send(const ExplainRequest &request)
{
    if (!_socket.is_open() && !_socket.open(_ip, _port, _error))
        return false;
    const std::string body = request.SerializeAsString();
    std::string frame(HEADER_SIZE, '\0');
    put_header(frame.data(), ID_ExplainRequest, body.size());
    frame += body;
    return _socket.send(frame.data(), frame.size(), _error);
}

bool explain_client::is_answer(const ExplainRequest &request, size_t size,
                               ExplainResponse *out) const
{
    return is_frame_of(ID_ExplainResponse, _space.data(), size) &&
           out->ParseFromArray(_space.data() + HEADER_SIZE, static_cast<int>(size - HEADER_SIZE)) &&
           out->seq() == request.seq() && out->modid() == request.modid() &&
           out->cmdid() == request.cmdid();
}

}  // namespace lars
