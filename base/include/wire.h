// The messages of the wire contract (base/proto) as plain structs. Nothing else in
// the services reads or builds a message: only here is an address turned into what
// travels, is a host of a message left out that cannot be called (group_by_module does
// so for tables and files), and is it known how much fits a message or a datagram.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calls.h"
#include "lars.pb.h"
#include "message.h"
#include "route.h"

namespace lars {

// A GetHostRequest or a GetRouteRequest.
struct module_request {
    module_id module;
    uint32_t seq = 0;  // comes back in the answer; in a GetRouteRequest 0 asks for none
};

// Reads and builds messages in space that it reuses, so that doing so takes no
// memory once it has seen a few. One thread.
//
// Each decode function takes the body of a message. It returns false, and leaves
// what is in *OUT undefined, where the body is not what it should be.
class wire_codec {
public:
    bool decode_host_request(const char *data, size_t len, module_request *out);
    bool decode_route_request(const char *data, size_t len, module_request *out);
    // False also where the host cannot be called.
    bool decode_call_report(const char *data, size_t len, call_report *out);
    // Hosts that cannot be called are left out, and so are those that come again.
    bool decode_route(const char *data, size_t len, module_route *out);
    // Hosts that cannot be called are left out; *LEFT_OUT says how many there were.
    bool decode_call_summary(const char *data, size_t len, call_summary *out, size_t *left_out);

    // The body of a message; valid until the next call of an encode function.
    // HOST is looked at with RET_SUCC only.
    std::string_view encode_host(const module_request &asked, LarsRetCode retcode,
                                 const endpoint &host);
    // As many of the first HOSTS as fit LIMIT bytes; *FITTED says how many that are.
    std::string_view encode_route(const module_request &asked, const std::vector<route_host> &hosts,
                                  size_t limit, size_t *fitted);

private:
    std::string_view serialize(const google::protobuf::MessageLite &message);

    GetHostRequest _host_request;
    GetRouteRequest _route_request;
    ReportRequest _report_request;
    GetRouteResponse _route_response;
    ReportStatusRequest _status_request;
    // Clearing the host of one message would free it, so there are two.
    GetHostResponse _with_host;
    GetHostResponse _without_host;
    std::string _body;
};

// The body of a GetRouteRequest without a seq.
std::string encode_route_request(const module_id &module);

// The body of a GetRouteResponse without a seq, with room left for one: as many
// hosts as fit a message. *FITTED says how many that are.
std::string encode_route_without_seq(const module_route &route, size_t *fitted);
// Adds the seq to such a body.
void append_seq(std::string *route_body, uint32_t seq);

// The bodies of as many ReportStatusRequests as the summary needs.
std::vector<std::string> encode_call_summary(const call_summary &summary);

}  // namespace lars
