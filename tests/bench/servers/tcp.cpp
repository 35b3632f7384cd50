#include "bare_echo.h"
#include "servers.h"
#include "service.h"
#include "tcp_server.h"

namespace lars::bench {

status serve_bare_tcp(int ready_fd)
{
    uint16_t port = 0;
    const int listening = listen_on_loopback(&port);
    if (listening < 0)
        return status::from_errno("listen");
    announce_ready(ready_fd, {{INADDR_LOOPBACK, port}});
    serve_bare_echo(listening);
}

status serve_echo(int ready_fd, int threads)
{
    event_loop loop;
    tcp_server_options options;
    options.threads = threads;
    options.max_connections = 1000000;
    tcp_server server(&loop, options);
    status s = server.add_msg_router(
        1, [](const char *data, uint32_t length, int msgid, net_connection &conn) {
            conn.send_message(data, length, msgid);
        });
    if (s)
        s = server.bind({INADDR_LOOPBACK, 0});
    if (s)
        s = server.start();
    if (!s)
        return s;
    announce_ready(ready_fd, {server.address()});
    return loop.event_process();
}

}  // namespace lars::bench
