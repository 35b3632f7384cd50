// Turns the messages of the wire contract (base/proto) into plain structs, and back.
// Nothing else in the services reads or builds a message. So this is the only place
// that turns an address into what travels, that leaves hosts out of a message which
// cannot be called (group_by_module does so for tables and files), and that counts
// what fits a message. (The route that a dns answers with, and the two messages of
// lars_explain, have places of their own: encoded_route.h, explanation.h.)
//
// Message ids (ID_...) and return codes (RET_...) come with this header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calls.h"
#include "endpoint.h"
#include "lars.pb.h"
#include "route.h"

namespace lars {

// What a GetHostRequest or a GetRouteRequest asks for.
struct module_request {
    module_id module;
    uint32_t seq = 0;    // comes back in the answer, so that the asker knows it again
    bool local = false;  // of a GetHostRequest: the asker would choose from the table
};

// What a GetRouteResponse says.
struct answered_route : module_route {
    uint64_t version = 0;  // RouteVersion of the table that it is from; 0: not known
};

// Reads and builds messages in space that it reuses, so that it allocates no memory
// once it has seen a few messages of each kind (decode_route excepted). One thread.
//
// A decode function reads a message's body, the LEN bytes at DATA, into *OUT. It
// returns false if the body is not such a message; then *OUT may hold anything.
class wire_codec {
public:
    bool decode_host_request(const char *data, size_t len, module_request *out);
    bool decode_route_request(const char *data, size_t len, module_request *out);
    // From a ReportRequest. False also if its host cannot be called.
    bool decode_call_report(const char *data, size_t len, call_report *out);
    // From a GetRouteResponse. A host that cannot be called is left out. One that comes
    // again is in *OUT once, with the lowest of its weights. The order stays.
    bool decode_route(const char *data, size_t len, answered_route *out);
    // From a ReportStatusRequest. A host that cannot be called is left out; *LEFT_OUT
    // becomes the number of those.
    bool decode_call_summary(const char *data, size_t len, call_summary *out, size_t *left_out);
    // From a ReportStatusResponse.
    bool decode_summary_answer(const char *data, size_t len, summary_answer *out);

    // Each encode function returns the body of a message. It stays the codec's, and is
    // valid until the next call of one.
    //
    // The GetHostResponse to what was ASKED. HOST is used with RET_SUCC only. LOCAL is the file
    // of the socket where the table is handed out, at most MAX_LOCAL bytes; empty: not told.
    static constexpr size_t MAX_LOCAL = 107;
    std::string_view encode_host(const module_request &asked, LarsRetCode retcode,
                                 const endpoint &host, std::string_view local = {});
    // The GetRouteResponse to what was ASKED. Drained hosts are left out. If the rest does
    // not fit a datagram, the last ones are left out; *FITTED becomes the number of those
    // that are in.
    std::string_view encode_route(const module_request &asked, const std::vector<route_host> &hosts,
                                  size_t *fitted);
    // A ReportStatusResponse.
    std::string_view encode_summary_answer(const summary_answer &answer);

private:
    std::string_view serialize(const google::protobuf::MessageLite &message);

    GetRouteResponse _route_response;
    ReportStatusRequest _status_request;
    ReportStatusResponse _status_response;
    std::string _body;
    char _answer[80 + MAX_LOCAL];  // a GetHostResponse has six fields, and that
};

// The functions below build bodies of TCP messages, which their caller keeps. Any
// thread.

// A GetRouteRequest, without a seq.
std::string encode_route_request(const module_id &module);

// As many ReportStatusRequests as the summary needs, each with some of its hosts, and
// without a seq.
std::vector<std::string> encode_call_summary(const call_summary &summary);
// Adds a seq to such a body, which has none yet. An empty body becomes a summary of
// nothing, to which there is an answer all the same.
void append_summary_seq(std::string *summary_body, uint64_t seq);

}  // namespace lars
