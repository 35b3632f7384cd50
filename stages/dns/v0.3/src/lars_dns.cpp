#include <pthread.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <unordered_set>

#include "dns_route.h"
#include "lars.pb.h"
#include "lars_reactor.h"
#include "route_answer.h"
#include "subscribe.h"

tcp_server *server;

// What a connection has subscribed to; it hangs on the connection's param.
typedef std::unordered_set<uint64_t> client_sub_mod_list;

void create_subscribe(net_connection *conn, void *)
{
    conn->param = new client_sub_mod_list;
}

void clear_subscribe(net_connection *conn, void *)
{
    client_sub_mod_list *subscribed = static_cast<client_sub_mod_list *>(conn->param);
    for (uint64_t mod : *subscribed) {
        SubscribeList::instance()->unsubscribe(mod, conn->get_fd());
    }
    delete subscribed;
    conn->param = NULL;
}

// Answers a GetRouteRequest, and subscribes who asks to what he has asked for.
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
    // First this: a change after it is pushed, a change before it is in the answer.
    uint64_t mod = module_key(request.modid(), request.cmdid());
    if (static_cast<client_sub_mod_list *>(conn->param)->insert(mod).second) {
        SubscribeList::instance()->subscribe(mod, conn->get_fd());
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
    server = new tcp_server(&loop, ip.c_str(), port);
    server->set_conn_start(create_subscribe);
    server->set_conn_close(clear_subscribe);
    server->add_msg_router(lars::ID_GetRouteRequest, get_route);

    pthread_t thread;
    int error = pthread_create(&thread, NULL, check_route_changes, NULL);
    if (error != 0) {
        fprintf(stderr, "the thread that looks for changes: %s\n", strerror(error));
        return 1;
    }
    printf("lars dns service ....\n");
    fflush(stdout);
    loop.event_process();

    return 0;
}
