// Knows which callback is for which msgid.
// Callbacks are registered before the loop runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <unordered_map>

class net_connection;

// data holds len bytes, until the callback returns. Behind them stands a NUL that is not one
// of them, so that a text can be printed with %s.
typedef void msg_callback(const char *data, uint32_t len, int msgid, net_connection *net_conn, void *user_data);

class msg_router {
public:
    msg_router() : _last_log(0) {}

    // From now on msg_cb is called for msgid. -1 if the msgid is taken.
    int register_msg_router(int msgid, msg_callback *msg_cb, void *user_data);

    // Calls the callback of msgid. A msgid that has none is logged, once a second at most.
    void call(int msgid, uint32_t msglen, const char *data, net_connection *net_conn);

private:
    struct route {
        msg_callback *msg_cb;
        void *user_data;
    };

    std::unordered_map<int, route> _routes;
    time_t _last_log;
};
