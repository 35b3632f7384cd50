#include "api_errors.h"

#include <charconv>

#include "module_text.h"

namespace lars {

http_answer database_answer(const status &why)
{
    switch (why.kind()) {
    case status_kind::unavailable:
    case status_kind::denied: return error_answer(503, "database_away", why.message());
    case status_kind::missing:
        return error_answer(503, "database_away",
                            why.message() + " (load base/sql/schema.sql into the database)");
    case status_kind::conflict: return error_answer(503, "busy", why.message());
    case status_kind::bad_data:
    case status_kind::rejected: return error_answer(400, "bad_request", why.message());
    default: return error_answer(500, "failed", why.message());
    }
}

http_answer bad_request(const std::string &message)
{
    return error_answer(400, "bad_request", message);
}

std::optional<module_id> module_of(const http_request &request, http_answer *wrong)
{
    std::optional<int32_t> ids[2];
    for (size_t i = 0; i < 2; ++i) {
        ids[i] = i < request.parts.size() ? parse_id(request.parts[i]) : std::nullopt;
        if (ids[i])
            continue;
        *wrong = bad_request("'" + (i < request.parts.size() ? request.parts[i] : "") +
                             "' is not an id: expected a number of 32 bits");
        return std::nullopt;
    }
    return module_id{*ids[0], *ids[1]};
}

std::optional<uint64_t> number_of(const http_request &request, const std::string &name,
                                  uint64_t fallback, uint64_t lowest, uint64_t highest,
                                  http_answer *wrong)
{
    const auto text = request.parameter(name);
    if (!text)
        return fallback;
    uint64_t number = 0;
    const char *end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, number);
    if (error == std::errc() && stopped == end && number >= lowest && number <= highest)
        return number;
    *wrong = bad_request(name + ": expected a number from " + std::to_string(lowest) + " to " +
                         std::to_string(highest));
    return std::nullopt;
}

}  // namespace lars
