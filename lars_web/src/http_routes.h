// Which handler answers which path. Filled by one thread, then only read, by any.
#pragma once

#include <regex>
#include <string>
#include <vector>

#include "http_server.h"

namespace lars {

class http_routes {
public:
    struct route {
        std::string method;
        std::regex pattern;
        http_server::needs what;
        http_server::handler answer;
    };

    void add(const std::string &method, const std::string &pattern, http_server::needs what,
             http_server::handler h);
    // The route of the request, with REQUEST->parts filled in. If there is none, nullptr and
    // the answer in *REFUSED.
    const route *find(http_request *request, http_answer *refused) const;

private:
    std::vector<route> _routes;
};

}  // namespace lars
