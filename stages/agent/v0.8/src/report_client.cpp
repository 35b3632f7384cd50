#include <cstdio>
#include <string>
#include <thread>

#include "forward.h"
#include "main_server.h"

// Of this thread alone.
static std::queue<lars::ReportStatusRequest> waiting;

static void send_waiting(net_connection *reporter, void *)
{
    send_all(waiting, reporter, lars::ID_ReportStatusRequest);
}

// There is something in report_queue.
void new_report_request(event_loop *, int, void *args)
{
    take_all(report_queue, waiting);
    send_waiting(static_cast<tcp_client *>(args), NULL);
}

static void report_client_main()
{
    printf("report client thread start\n");
    fflush(stdout);
    event_loop loop;
    std::string ip = config_file::instance()->GetString("reporter", "ip", "127.0.0.1");
    uint16_t port = server_port("reporter", 7779);
    tcp_client client(&loop, ip.c_str(), port, "reporter client");
    client.set_conn_start(send_waiting);

    report_queue->set_loop(&loop);
    report_queue->set_callback(new_report_request, &client);
    loop.event_process();
}

void start_report_client(void)
{
    std::thread(report_client_main).detach();
}
