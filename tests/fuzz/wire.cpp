// Each message that a service receives. The first byte is the message's id, the rest its
// body. What was read is written and read again, and is then the same.
#include "wire.h"

#include <algorithm>

#include "encoded_route.h"
#include "expect.h"
#include "explanation.h"
#include "message.h"
#include "wire_rules.h"

namespace lars::fuzz {

static bool callable(const endpoint &address)
{
    return can_be_called(address.ip, address.port);
}

// As protobuf reads it, or refuses it.
template <typename message>
static void expect_request(const std::string &body, bool is_read, const module_request &asked)
{
    message request;
    expect(request.ParseFromString(body) == is_read, "protobuf does not judge so");
    expect(!is_read || (request.seq() == asked.seq && request.modid() == asked.module.modid &&
                        request.cmdid() == asked.module.cmdid),
           "protobuf reads another question");
}

static void host_request(wire_codec &codec, const std::string &body)
{
    module_request asked;
    const bool is_read = codec.decode_host_request(body.data(), body.size(), &asked);
    expect_request<GetHostRequest>(body, is_read, asked);
    if (!is_read)
        return;
    for (LarsRetCode retcode : {RET_SUCC, RET_OVERLOAD, RET_SYSTEM_ERROR, RET_NOEXIST}) {
        const std::string answer(codec.encode_host(asked, retcode, {0xc0a80101, 80}));
        GetHostResponse read;
        expect(read.ParseFromString(answer), "the answer cannot be read");
        expect(read.seq() == asked.seq && read.modid() == asked.module.modid &&
                   read.cmdid() == asked.module.cmdid,
               "the answer is to another question");
        expect(read.retcode() == retcode && read.has_host() == (retcode == RET_SUCC),
               "another answer");
    }
}

static void route_request(wire_codec &codec, const std::string &body)
{
    module_request asked, again;
    const bool is_read = codec.decode_route_request(body.data(), body.size(), &asked);
    expect_request<GetRouteRequest>(body, is_read, asked);
    if (!is_read)
        return;
    const std::string written = encode_route_request(asked.module);
    expect(codec.decode_route_request(written.data(), written.size(), &again) &&
               again.module == asked.module && again.seq == 0,
           "the question has changed");
}

static void call_report_in(wire_codec &codec, const std::string &body)
{
    call_report call, again;
    const bool is_read = codec.decode_call_report(body.data(), body.size(), &call);
    ReportRequest request;
    const bool is_good = request.ParseFromString(body) &&
                         can_be_called(ip_from_wire(request.host().ip()), request.host().port());
    expect(is_good == is_read, "protobuf does not judge so");
    if (!is_read)
        return;
    expect(request.modid() == call.module.modid && request.cmdid() == call.module.cmdid &&
               ip_from_wire(request.host().ip()) == call.address.ip &&
               request.host().port() == call.address.port &&
               (request.retcode() == 0) == call.success && request.timecost() == call.timecost_ms,
           "protobuf reads another report");
    request.Clear();
    request.set_modid(call.module.modid);
    request.set_cmdid(call.module.cmdid);
    request.mutable_host()->set_ip(ip_to_wire(call.address.ip));
    request.mutable_host()->set_port(call.address.port);
    request.set_retcode(call.success ? 0 : -1);
    request.set_timecost(call.timecost_ms);
    const std::string written = request.SerializeAsString();
    expect(codec.decode_call_report(written.data(), written.size(), &again) &&
               again.module == call.module && again.address == call.address &&
               again.success == call.success && again.timecost_ms == call.timecost_ms,
           "the report has changed");
}

static void expect_route(wire_codec &codec, const std::string &body, const answered_route &wanted,
                         size_t fitted, uint64_t version)
{
    answered_route read;
    expect(codec.decode_route(body.data(), body.size(), &read), "the route cannot be read");
    const std::vector<route_host> first(wanted.hosts.begin(),
                                        wanted.hosts.begin() + static_cast<long>(fitted));
    expect(read.module == wanted.module && read.version == version && read.hosts == first,
           "the route has changed");
}

// The hosts that can be called, each once, with the lowest of its weights.
static std::vector<route_host> hosts_slowly(const std::string &body)
{
    GetRouteResponse message;
    message.ParseFromString(body);
    std::vector<route_host> hosts;
    for (const HostInfo &info : message.host()) {
        if (info.ip() == 0 || info.port() < 1 || info.port() > 65535)
            continue;
        const endpoint address{static_cast<uint32_t>(info.ip()),
                               static_cast<uint16_t>(info.port())};
        const uint32_t weight = info.weight() == 0 ? 100 : info.weight();
        const auto same = [&](const route_host &host) { return host.address == address; };
        const auto found = std::find_if(hosts.begin(), hosts.end(), same);
        if (found == hosts.end())
            hosts.push_back({address, weight});
        else
            found->weight = std::min(found->weight, weight);
    }
    return hosts;
}

static void route(wire_codec &codec, const std::string &body)
{
    answered_route read;
    if (!codec.decode_route(body.data(), body.size(), &read))
        return;
    expect(read.hosts == hosts_slowly(body), "other hosts");
    size_t fitted = 0;
    const std::string whole = encode_route(read);
    expect(encoded_route(whole).hosts() == read.hosts, "other hosts in the encoded route");
    std::string written(encoded_route(whole).answer(&fitted));
    written += answer_end(7, read.version).bytes();
    expect(written.size() <= MESSAGE_LENGTH_LIMIT, "longer than a message");
    expect_route(codec, written, read, fitted, read.version);
    written = codec.encode_route({read.module, 7}, read.hosts, &fitted);
    expect(written.size() <= DATAGRAM_LENGTH_LIMIT, "longer than a datagram");
    expect_route(codec, written, read, fitted, 0);
}

static bool same(const host_calls &a, const host_calls &b)
{
    return a.address == b.address && a.succ == b.succ && a.err == b.err &&
           a.overloaded == b.overloaded;
}

static void summary(wire_codec &codec, const std::string &body)
{
    call_summary read, again;
    size_t left_out = 0;
    if (!codec.decode_call_summary(body.data(), body.size(), &read, &left_out))
        return;
    std::vector<host_calls> hosts;
    for (std::string &written : encode_call_summary(read)) {
        append_summary_seq(&written, read.seq);
        expect(written.size() <= MESSAGE_LENGTH_LIMIT, "longer than a message");
        expect(codec.decode_call_summary(written.data(), written.size(), &again, &left_out) &&
                   left_out == 0,
               "the summary cannot be read");
        expect(again.module == read.module && again.caller == read.caller && again.ts == read.ts &&
                   again.seq == read.seq,
               "the summary has changed");
        hosts.insert(hosts.end(), again.hosts.begin(), again.hosts.end());
    }
    expect(std::equal(hosts.begin(), hosts.end(), read.hosts.begin(), read.hosts.end(), same),
           "the hosts of the summary have changed");
    for (const host_calls &host : hosts)
        expect(callable(host.address), "a host that cannot be called");
}

static void summary_answer_in(wire_codec &codec, const std::string &body)
{
    summary_answer read, again;
    if (!codec.decode_summary_answer(body.data(), body.size(), &read))
        return;
    const std::string written(codec.encode_summary_answer(read));
    expect(codec.decode_summary_answer(written.data(), written.size(), &again) &&
               again.taken == read.taken && again.stored == read.stored,
           "the answer has changed");
}

static void explain(const std::string &body)
{
    explain_request asked;
    if (!decode_explain_request(body.data(), body.size(), &asked))
        return;
    explained_module module;
    module.known = true;
    explanation_writer writer(asked, 1, module);
    while (writer.add({}) && writer.body().size() < 200)
        continue;
    ExplainResponse read;
    expect(read.ParseFromString(writer.body()), "the answer cannot be read");
    expect(read.seq() == asked.seq && read.modid() == asked.module.modid &&
               read.cmdid() == asked.module.cmdid && read.first() == asked.first,
           "the answer is to another question");
}

}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars;
    using namespace lars::fuzz;
    if (size == 0)
        return 0;
    // As in a service: what one message has left behind is there when the next one comes.
    static wire_codec codec;
    const std::string body(reinterpret_cast<const char *>(data + 1), size - 1);
    switch (data[0]) {
    case ID_GetHostRequest: host_request(codec, body); break;
    case ID_API_GetRouteRequest:
    case ID_GetRouteRequest: route_request(codec, body); break;
    case ID_ReportRequest: call_report_in(codec, body); break;
    case ID_GetRouteResponse: route(codec, body); break;
    case ID_ReportStatusRequest: summary(codec, body); break;
    case ID_ReportStatusResponse: summary_answer_in(codec, body); break;
    case ID_ExplainRequest: explain(body); break;
    default: break;
    }
    return 0;
}
