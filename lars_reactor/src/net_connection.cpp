#include "net_connection.h"

#include <string>

namespace lars {

send_result net_connection::send_joined(std::string_view first, std::string_view second, int msgid)
{
    std::string body;
    body.reserve(first.size() + second.size());
    body.append(first).append(second);
    return send_message(body.data(), body.size(), msgid);
}

}  // namespace lars
