// The name service: whoever asks for a module gets its hosts.
#include <atomic>
#include <cstdio>
#include <ctime>

#include "dns_route.h"
#include "lars.pb.h"
#include "lars_reactor.h"
#include "route_answer.h"

// Any stranger can send such messages as fast as he likes: one line in ten seconds.
static void log_bad_request(int fd, uint32_t len)
{
    static std::atomic<time_t> next(0);
    time_t now = time(NULL), due = next;
    if (now >= due && next.compare_exchange_strong(due, now + 10)) {
        fprintf(stderr, "lars_dns: fd %d: %u bytes that are no GetRouteRequest, dropped\n", fd, len);
    }
}

void get_route(const char *data, uint32_t len, int, net_connection *conn, void *)
{
    lars::GetRouteRequest request;
    if (!request.ParseFromArray(data, len)) {
        log_bad_request(conn->get_fd(), len);
        return;
    }
    std::string answer = route_answer(request.modid(), request.cmdid());
    conn->send_message(answer.data(), answer.size(), lars::ID_GetRouteResponse);
}

int main()
{
    if (!config_file::setPath("conf/lars_dns.conf")) {
        return 1;
    }
    Route::instance();

    config_file *conf = config_file::instance();
    std::string ip = conf->GetString("reactor", "ip", "127.0.0.1");
    event_loop loop;
    tcp_server server(&loop, ip.c_str(), conf->GetNumber("reactor", "port", 7778));
    server.add_msg_router(lars::ID_GetRouteRequest, get_route);
    printf("lars dns service ....\n");
    fflush(stdout);
    loop.event_process();
    return 0;
}
