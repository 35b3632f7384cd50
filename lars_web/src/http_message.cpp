#include "http_message.h"

namespace lars {

std::optional<std::string> http_request::parameter(const std::string &name) const
{
    const auto at = query.find(name);
    return at == query.end() ? std::nullopt : std::optional<std::string>(at->second);
}

http_answer json_answer(const nlohmann::json &body, int status)
{
    http_answer answer;
    answer.status = status;
    answer.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return answer;
}

http_answer error_answer(int status, const std::string &code, const std::string &message)
{
    return json_answer({{"error", {{"code", code}, {"message", message}}}}, status);
}

}  // namespace lars
