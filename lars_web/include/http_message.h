// What a request is to those who answer it, and what an answer is. These are values like any
// other, and any thread may use them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lars {

// What somebody may do; each includes those before it.
enum class right { none, read, change };

struct visitor {
    std::string name;  // empty: nobody has logged in
    right may = right::none;
};

struct http_request {
    std::string method;
    std::string path;
    std::string body;
    std::vector<std::string> parts;                 // what the pattern's groups matched
    std::multimap<std::string, std::string> query;  // decoded
    std::map<std::string, std::string> headers;     // by names in lower case
    std::string peer;                               // an IP address
    visitor who;

    // The first of that name in the query; nothing where there is none.
    std::optional<std::string> parameter(const std::string &name) const;
};

struct http_answer {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

// Any thread. Bytes in BODY that are no UTF-8 are replaced.
http_answer json_answer(const nlohmann::json &body, int status = 200);
// {"error": {"code": CODE, "message": MESSAGE}}
http_answer error_answer(int status, const std::string &code, const std::string &message);

}  // namespace lars
