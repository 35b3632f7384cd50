#include "msg_router.h"

namespace lars {

status msg_router::register_msg_router(int msgid, msg_callback callback)
{
    if (find(msgid))
        return status::error("message id " + std::to_string(msgid) + " has a callback already");
    _callbacks.emplace_back(msgid, std::move(callback));
    return {};
}

const msg_callback *msg_router::find(int msgid) const
{
    for (const auto &[id, callback] : _callbacks) {
        if (id == msgid)
            return &callback;
    }
    return nullptr;
}

bool msg_router::call(const char *data, uint32_t len, int msgid, net_connection &conn) const
{
    const msg_callback *callback = find(msgid);
    if (callback)
        (*callback)(data, len, msgid, conn);
    return callback;
}

}  // namespace lars
