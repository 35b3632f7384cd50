// What one thread asks another to do.
#pragma once

#include "event_base.h"

struct task_msg {
    enum TASK_TYPE { NEW_CONN, NEW_TASK };

    TASK_TYPE type;
    int connfd;          // of NEW_CONN: serve this client
    task_func task_cb;   // of NEW_TASK: call this
    void *args;
};
