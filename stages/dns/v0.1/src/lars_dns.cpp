#include <cstdio>
#include <string>

#include "dns_route.h"
#include "lars_reactor.h"

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
    printf("lars dns service ....\n");
    fflush(stdout);
    loop.event_process();

    return 0;
}
