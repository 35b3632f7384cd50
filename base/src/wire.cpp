#include "wire.h"

#include <algorithm>
#include <type_traits>
#include <unordered_map>

#include "message.h"
#include "wire_fields.h"
#include "wire_rules.h"

namespace lars {

// A result is at most 40 bytes, so this many always fit a message.
static constexpr size_t RESULTS_PER_MESSAGE = 1000;
// What a host in a route takes beside its fields: tag and length.
static constexpr size_t HOST_OVERHEAD = 2;

static bool parse(google::protobuf::MessageLite &message, const char *data, size_t len)
{
    return message.ParseFromArray(data, static_cast<int>(len));
}

template <typename with_host>
static bool can_be_called(const with_host &info)
{
    return can_be_called(ip_from_wire(info.ip()), info.port());
}

template <typename with_host>
static endpoint address_of(const with_host &info)
{
    return {ip_from_wire(info.ip()), static_cast<uint16_t>(info.port())};
}

template <typename with_host>
static void set_address(const endpoint &address, with_host *info)
{
    info->set_ip(ip_to_wire(address.ip));
    info->set_port(address.port);
}

template <typename with_module>
static module_id module_of(const with_module &message)
{
    return {message.modid(), message.cmdid()};
}

template <typename with_module>
static void set_module(const module_id &module, with_module *message)
{
    message->set_modid(module.modid);
    message->set_cmdid(module.cmdid);
}

// What is absent is 0 in proto3. So 0 is a peer that knows no weights, and never a
// drained host: those are in no message.
static uint32_t weight_of(const HostInfo &info)
{
    return info.weight() == 0 ? route_host::DEFAULT_WEIGHT : info.weight();
}

// Adds the first hosts, while the message does not grow beyond LIMIT bytes.
static size_t add_hosts(const std::vector<route_host> &hosts, size_t limit, GetRouteResponse *body)
{
    size_t room = limit - body->ByteSizeLong();
    size_t fitted = 0;
    for (const route_host &host : hosts) {
        if (host.drained())
            continue;  // it would be read as one of weight 100
        HostInfo *info = body->add_host();
        set_address(host.address, info);
        if (host.weight != route_host::DEFAULT_WEIGHT)
            info->set_weight(host.weight);
        const size_t size = info->ByteSizeLong() + HOST_OVERHEAD;
        if (size > room) {
            body->mutable_host()->RemoveLast();
            break;
        }
        room -= size;
        ++fitted;
    }
    return fitted;
}

// Most requests are what a client of ours writes, and are read by hand; what is not so simple
// is protobuf's to judge.
template <typename message>
static bool read_request(const char *data, size_t len, module_request *out)
{
    constexpr bool can_be_local = std::is_same_v<message, GetHostRequest>;
    uint64_t fields[5] = {};
    if (read_numbers(data, data + len, fields)) {
        out->module = {static_cast<int32_t>(fields[message::kModidFieldNumber]),
                       static_cast<int32_t>(fields[message::kCmdidFieldNumber])};
        out->seq = static_cast<uint32_t>(fields[message::kSeqFieldNumber]);
        if constexpr (can_be_local)
            out->local = fields[message::kLocalFieldNumber] != 0;
        return true;
    }
    message request;
    if (!parse(request, data, len))
        return false;
    *out = {module_of(request), request.seq()};
    if constexpr (can_be_local)
        out->local = request.local();
    return true;
}

bool wire_codec::decode_host_request(const char *data, size_t len, module_request *out)
{
    return read_request<GetHostRequest>(data, len, out);
}

bool wire_codec::decode_route_request(const char *data, size_t len, module_request *out)
{
    return read_request<GetRouteRequest>(data, len, out);
}

// The fields of a ReportRequest and of its host. False if it is not so simple.
static bool read_report(const char *at, const char *end, uint64_t (&fields)[6], uint64_t (&host)[4])
{
    constexpr char HOST = tag_of(ReportRequest::kHostFieldNumber, KIND_BYTES);
    while (at && at != end) {
        if (*at != HOST) {
            at = read_number(at, end, fields);
            continue;
        }
        uint64_t length = 0;
        at = read_varint(at + 1, end, &length);
        if (!at || length > static_cast<uint64_t>(end - at) || !read_numbers(at, at + length, host))
            return false;
        at += length;
    }
    return at != nullptr;
}

bool wire_codec::decode_call_report(const char *data, size_t len, call_report *out)
{
    uint64_t fields[6] = {};
    uint64_t host[4] = {};
    if (read_report(data, data + len, fields, host)) {
        const auto ip = static_cast<uint32_t>(host[HostInfo::kIpFieldNumber]);
        const auto port = static_cast<int32_t>(host[HostInfo::kPortFieldNumber]);
        out->module = {static_cast<int32_t>(fields[ReportRequest::kModidFieldNumber]),
                       static_cast<int32_t>(fields[ReportRequest::kCmdidFieldNumber])};
        out->address = {ip, static_cast<uint16_t>(port)};
        out->success = static_cast<int32_t>(fields[ReportRequest::kRetcodeFieldNumber]) == RET_SUCC;
        out->timecost_ms = static_cast<uint32_t>(fields[ReportRequest::kTimecostFieldNumber]);
        return lars::can_be_called(ip, port);
    }
    ReportRequest report;
    if (!parse(report, data, len) || !can_be_called(report.host()))
        return false;
    *out = {module_of(report), address_of(report.host()), report.retcode() == RET_SUCC,
            report.timecost()};
    return true;
}

bool wire_codec::decode_route(const char *data, size_t len, answered_route *out)
{
    if (!parse(_route_response, data, len))
        return false;
    out->module = module_of(_route_response);
    out->version = _route_response.version();
    out->hosts.clear();
    std::unordered_map<endpoint, size_t, endpoint_hash> places;
    for (const HostInfo &info : _route_response.host()) {
        if (!can_be_called(info))
            continue;
        const route_host host{address_of(info), weight_of(info)};
        const auto [place, is_new] = places.emplace(host.address, out->hosts.size());
        if (is_new) {
            out->hosts.push_back(host);
        } else {
            uint32_t &weight = out->hosts[place->second].weight;
            weight = std::min(weight, host.weight);
        }
    }
    return true;
}

bool wire_codec::decode_call_summary(const char *data, size_t len, call_summary *out,
                                     size_t *left_out)
{
    if (!parse(_status_request, data, len))
        return false;
    out->module = module_of(_status_request);
    out->caller = ip_from_wire(_status_request.caller());
    out->ts = _status_request.ts();
    out->seq = _status_request.seq();
    out->hosts.clear();
    for (const HostCallResult &result : _status_request.results()) {
        if (can_be_called(result))
            out->hosts.push_back(
                {address_of(result), result.succ(), result.err(), result.overload()});
    }
    *left_out = static_cast<size_t>(_status_request.results_size()) - out->hosts.size();
    return true;
}

std::string_view wire_codec::encode_host(const module_request &asked, LarsRetCode retcode,
                                         const endpoint &host, std::string_view local)
{
    using response = GetHostResponse;
    constexpr auto number = [](int field) { return tag_of(field, KIND_VARINT); };
    char *at = write_field(number(response::kSeqFieldNumber), asked.seq, _answer);
    at = write_field(number(response::kModidFieldNumber), wide(asked.module.modid), at);
    at = write_field(number(response::kCmdidFieldNumber), wide(asked.module.cmdid), at);
    at = write_field(number(response::kRetcodeFieldNumber), static_cast<uint64_t>(retcode), at);
    if (retcode == RET_SUCC) {
        char *const length = at + 1;
        *at = tag_of(response::kHostFieldNumber, KIND_BYTES);
        at = write_field(number(HostInfo::kIpFieldNumber), wide(ip_to_wire(host.ip)), length + 1);
        at = write_field(number(HostInfo::kPortFieldNumber), host.port, at);
        *length = static_cast<char>(at - length - 1);
    }
    if (!local.empty()) {
        *at++ = tag_of(response::kLocalFieldNumber, KIND_BYTES);
        at = std::copy(local.begin(), local.end(), write_varint(local.size(), at));
    }
    return {_answer, static_cast<size_t>(at - _answer)};
}

std::string_view wire_codec::encode_route(const module_request &asked,
                                          const std::vector<route_host> &hosts, size_t *fitted)
{
    _route_response.Clear();
    set_module(asked.module, &_route_response);
    _route_response.set_seq(asked.seq);
    *fitted = add_hosts(hosts, DATAGRAM_LENGTH_LIMIT, &_route_response);
    return serialize(_route_response);
}

bool wire_codec::decode_summary_answer(const char *data, size_t len, summary_answer *out)
{
    if (!parse(_status_response, data, len))
        return false;
    *out = {_status_response.seq(), _status_response.stored()};
    return true;
}

std::string_view wire_codec::encode_summary_answer(const summary_answer &answer)
{
    _status_response.set_seq(answer.taken);
    _status_response.set_stored(answer.stored);
    return serialize(_status_response);
}

std::string_view wire_codec::serialize(const google::protobuf::MessageLite &message)
{
    message.SerializeToString(&_body);
    return _body;
}

std::string encode_route_request(const module_id &module)
{
    GetRouteRequest request;
    set_module(module, &request);
    return request.SerializeAsString();
}

void append_summary_seq(std::string *summary_body, uint64_t seq)
{
    ReportStatusRequest only_seq;
    only_seq.set_seq(seq);
    only_seq.AppendToString(summary_body);
}

std::vector<std::string> encode_call_summary(const call_summary &summary)
{
    std::vector<std::string> bodies;
    for (size_t first = 0; first < summary.hosts.size(); first += RESULTS_PER_MESSAGE) {
        ReportStatusRequest message;
        set_module(summary.module, &message);
        message.set_caller(ip_to_wire(summary.caller));
        message.set_ts(summary.ts);
        const size_t end = std::min(summary.hosts.size(), first + RESULTS_PER_MESSAGE);
        for (size_t i = first; i < end; ++i) {
            HostCallResult *result = message.add_results();
            set_address(summary.hosts[i].address, result);
            result->set_succ(summary.hosts[i].succ);
            result->set_err(summary.hosts[i].err);
            result->set_overload(summary.hosts[i].overloaded);
        }
        bodies.push_back(message.SerializeAsString());
    }
    return bodies;
}

}  // namespace lars
