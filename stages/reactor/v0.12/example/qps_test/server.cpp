#include <cstdlib>

#include "echoMessage.pb.h"
#include "lars_reactor.h"

static void echo_message(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    qps_test::EchoMessage request, response;
    if (!request.ParseFromArray(data, len)) {
        return;
    }
    response.set_content(request.content());
    response.set_id(request.id());
    std::string bytes = response.SerializeAsString();
    conn->send_message(bytes.data(), bytes.size(), msgid);
}

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? atoi(argv[1]) : 7777;
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);

    server.add_msg_router(1, echo_message);
    loop.event_process();

    return 0;
}
