#include <atomic>
#include <cstdio>
#include <ctime>
#include <string>

#include "dns_route.h"
#include "lars.pb.h"
#include "lars_reactor.h"
#include "route_answer.h"

// Answers a GetRouteRequest.
void get_route(const char *data, uint32_t len, int, net_connection *conn, void *)
{
    lars::GetRouteRequest request;
    if (!request.ParseFromArray(data, static_cast<int>(len))) {
        static std::atomic<time_t> last_told(0);
        time_t now = time(NULL);
        if (last_told.exchange(now) != now) {
            fprintf(stderr, "a request of %u bytes cannot be read, it is dropped\n", len);
        }
        return;
    }
    std::string answer = route_answer(request.modid(), request.cmdid());
    conn->send_message(answer.data(), static_cast<int>(answer.size()), lars::ID_GetRouteResponse);
}

int main()
{
    if (!config_file::setPath("conf/lars_dns.conf")) {
        return 1;
    }
    std::string ip = config_file::instance()->GetString("reactor", "ip", "127.0.0.1");
    uint16_t port = config_file::instance()->GetNumber("reactor", "port", 7778);
    Route::instance();

    event_loop loop;
    tcp_server server(&loop, ip.c_str(), port);
    server.add_msg_router(lars::ID_GetRouteRequest, get_route);
    printf("lars dns service ....\n");
    fflush(stdout);
    loop.event_process();

    return 0;
}
