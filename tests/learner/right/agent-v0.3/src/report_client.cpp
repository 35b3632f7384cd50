#include <thread>

#include "upstream.h"

// Used by the client's thread alone.
static upstream<lars::ReportStatusRequest> *waiting = NULL;

static void send_waiting(net_connection *conn, void *)
{
    waiting->send(static_cast<tcp_client *>(conn));
}

void new_report_request(event_loop *, int, void *args)
{
    waiting->take();
    waiting->send(static_cast<tcp_client *>(args));
}

static void run_client(server_address server)
{
    event_loop loop;
    tcp_client client(&loop, server.ip.c_str(), server.port, "report client");
    client.set_conn_start(send_waiting);
    report_queue->set_loop(&loop);
    report_queue->set_callback(new_report_request, &client);
    printf("report client thread start\n");
    fflush(stdout);
    loop.event_process();
}

void start_report_client(void)
{
    server_address server("reporter", 7779);
    waiting = new upstream<lars::ReportStatusRequest>("report client", lars::ID_ReportStatusRequest, report_queue);
    std::thread(run_client, server).detach();
}
