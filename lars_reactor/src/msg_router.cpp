#include "msg_router.h"

namespace lars {

status msg_router::register_msg_router(int msgid, msg_callback callback)
{
    if (!_callbacks.emplace(msgid, std::move(callback)).second)
        return status::error("message id " + std::to_string(msgid) + " has a callback already");
    return {};
}

bool msg_router::call(const char *data, uint32_t len, int msgid, net_connection &conn) const
{
    const auto found = _callbacks.find(msgid);
    if (found == _callbacks.end())
        return false;
    found->second(data, len, msgid, conn);
    return true;
}

}  // namespace lars
