// The same echo server on each version: STAGE is 3 for v0.3 and so on.
#include <cstdlib>

#include "tcp_server.h"

#if STAGE >= 6
static void echo(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, static_cast<int>(len), msgid);
}
#endif

int main(int, char **argv)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", static_cast<uint16_t>(atoi(argv[1])));
#if STAGE >= 6
    server.add_msg_router(1, echo);
#endif
    loop.event_process();
    return 0;
}
