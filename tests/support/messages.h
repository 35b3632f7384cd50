// The wire contract's messages in short form, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "endpoint.h"
#include "lars.pb.h"
#include "wire_peer.h"

namespace lars::test {

inline endpoint host(const std::string &text)
{
    return endpoint::parse(text).value();
}

inline std::string route_request(int32_t modid, int32_t cmdid, uint32_t seq = 0)
{
    GetRouteRequest body;
    body.set_modid(modid);
    body.set_cmdid(cmdid);
    body.set_seq(seq);
    return body.SerializeAsString();
}

inline std::string route_response(int32_t modid, int32_t cmdid,
                                  const std::vector<std::string> &hosts, uint64_t version = 0)
{
    GetRouteResponse body;
    body.set_modid(modid);
    body.set_cmdid(cmdid);
    body.set_version(version);
    for (const std::string &text : hosts) {
        HostInfo *info = body.add_host();
        info->set_ip(static_cast<int32_t>(host(text).ip));
        info->set_port(host(text).port);
    }
    return body.SerializeAsString();
}

inline std::string host_request(uint32_t seq, int32_t modid, int32_t cmdid)
{
    GetHostRequest body;
    body.set_seq(seq);
    body.set_modid(modid);
    body.set_cmdid(cmdid);
    return body.SerializeAsString();
}

inline std::string explain_request(uint32_t seq, int32_t modid, int32_t cmdid, uint32_t first = 0)
{
    ExplainRequest body;
    body.set_seq(seq);
    body.set_modid(modid);
    body.set_cmdid(cmdid);
    body.set_first(first);
    return body.SerializeAsString();
}

inline std::string report(int32_t modid, int32_t cmdid, const std::string &text, int32_t retcode,
                          uint32_t timecost = 0)
{
    ReportRequest body;
    body.set_modid(modid);
    body.set_cmdid(cmdid);
    body.mutable_host()->set_ip(static_cast<int32_t>(host(text).ip));
    body.mutable_host()->set_port(host(text).port);
    body.set_retcode(retcode);
    body.set_timecost(timecost);
    return body.SerializeAsString();
}

// One result of a host on the network 10.x, whose address holds INDEX.
inline std::string status_message(int modid, int cmdid, uint32_t index, uint32_t succ)
{
    ReportStatusRequest body;
    body.set_modid(modid);
    body.set_cmdid(cmdid);
    body.set_caller(0x7f000001);
    body.set_ts(1573034612);
    HostCallResult *result = body.add_results();
    result->set_ip(static_cast<int32_t>(0x0a000000 + index));
    result->set_port(80);
    result->set_succ(succ);
    return body.SerializeAsString();
}

inline std::string text_of(const HostInfo &info)
{
    return endpoint{static_cast<uint32_t>(info.ip()), static_cast<uint16_t>(info.port())}
        .to_string();
}

// "1,2: 10.0.0.1:80 10.0.0.2:80@50" of a GetRouteResponse frame, with the weights that
// are in it; "" for anything else.
inline std::string route_text(const std::optional<wire_frame> &frame)
{
    GetRouteResponse body;
    if (!frame ||
        (frame->msgid != ID_GetRouteResponse && frame->msgid != ID_API_GetRouteResponse) ||
        !body.ParseFromString(frame->body))
        return "";
    std::string text = std::to_string(body.modid()) + "," + std::to_string(body.cmdid()) + ":";
    for (const HostInfo &info : body.host())
        text +=
            " " + text_of(info) + (info.weight() == 0 ? "" : "@" + std::to_string(info.weight()));
    return text;
}

}  // namespace lars::test
