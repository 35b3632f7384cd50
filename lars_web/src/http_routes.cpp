// GCC 12 warns of std::regex itself when a sanitizer is on.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include "http_routes.h"

namespace lars {

// No path of ours is longer, and the library's regular expressions take a stack frame or
// more for each byte.
static constexpr size_t LONGEST_PATH = 512;

void http_routes::add(const std::string &method, const std::string &pattern,
                      http_server::needs what, http_server::handler h)
{
    _routes.push_back({method, std::regex(pattern), what, std::move(h)});
}

const http_routes::route *http_routes::find(http_request *request, http_answer *refused) const
{
    const std::string method = request->method == "HEAD" ? "GET" : request->method;
    std::string allowed;
    for (const route &one : _routes) {
        std::smatch found;
        if (request->path.size() > LONGEST_PATH ||
            !std::regex_match(request->path, found, one.pattern))
            continue;
        if (one.method == method) {
            request->parts.assign(std::next(found.begin()), found.end());
            return &one;
        }
        allowed += (allowed.empty() ? "" : ", ") + one.method;
    }
    if (allowed.empty()) {
        *refused = error_answer(404, "not_found", "there is nothing at this path");
    } else {
        *refused = error_answer(405, "bad_method", "this path has " + allowed);
        refused->headers.emplace_back("Allow", allowed);
    }
    return nullptr;
}

}  // namespace lars
