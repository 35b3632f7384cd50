#include "msg_router.h"

#include <cstdio>

int msg_router::register_msg_router(int msgid, msg_callback *msg_cb, void *user_data)
{
    if (msg_cb == NULL || !_routes.insert({msgid, {msg_cb, user_data}}).second) {
        fprintf(stderr, "msg_router: msgid %d is taken\n", msgid);
        return -1;
    }
    return 0;
}

void msg_router::call(int msgid, uint32_t msglen, const char *data, net_connection *net_conn)
{
    auto it = _routes.find(msgid);
    if (it == _routes.end()) {
        time_t now = time(NULL);
        if (now != _last_log) {
            _last_log = now;
            fprintf(stderr, "msg_router: msgid %d has no callback\n", msgid);
        }
        return;
    }
    it->second.msg_cb(data, msglen, msgid, net_conn, it->second.user_data);
}
