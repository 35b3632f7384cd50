// Finds the callback for a message id.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "net_connection.h"
#include "status.h"

namespace lars {

class msg_router {
public:
    // Before messages arrive. An error where MSGID has a callback already.
    status register_msg_router(int msgid, msg_callback callback);

    // Any thread, once everything is registered. False when nobody wants MSGID.
    bool call(const char *data, uint32_t len, int msgid, net_connection &conn) const
    {
        const msg_callback *callback = find(msgid);
        if (callback)
            (*callback)(data, len, msgid, conn);
        return callback;
    }

private:
    const msg_callback *find(int msgid) const
    {
        for (const auto &[id, callback] : _callbacks) {
            if (id == msgid)
                return &callback;
        }
        return nullptr;
    }

    // They are few: looking through them takes less time than a hash.
    std::vector<std::pair<int, msg_callback>> _callbacks;
};

}  // namespace lars
