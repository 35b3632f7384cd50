// A request's line and headers, read strictly: what different programs understand
// differently is refused, so that a proxy and this server never disagree on where a request
// ends. A value; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http_message.h"

namespace lars {

struct request_head {
    std::string method;
    std::string target;                          // begins with /
    std::string version;                         // "HTTP/1.0" or "HTTP/1.1"
    std::map<std::string, std::string> headers;  // by names in lower case
    bool chunked = false;                        // the body's form
    uint64_t content_length = 0;                 // of a body that is not chunked

    // Whether the client wants the connection to stay.
    bool keeps_connection() const;
    // The path in the target as it stands there, without the query.
    std::string path() const;
    // The head again, with no more than the library needs for the body and the answer.
    // Headers that it would act on (ranges, compression, forms) are left out: they are not
    // wanted, and long ones are dear to it.
    std::string for_library() const;
};

// Reads TEXT, which ends with an empty line, into *OUT. Returns the answer if it is not to be
// served; the connection is of no use then.
std::optional<http_answer> parse_head(std::string_view text, request_head *out);

}  // namespace lars
