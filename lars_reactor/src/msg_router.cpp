#include "msg_router.h"

namespace lars {

status msg_router::register_msg_router(int msgid, msg_callback callback)
{
    if (find(msgid))
        return status::error("message id " + std::to_string(msgid) + " has a callback already");
    _callbacks.emplace_back(msgid, std::move(callback));
    return {};
}

}  // namespace lars
