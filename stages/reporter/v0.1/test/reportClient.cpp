// reportClient [-h IP] [-p PORT]: reports a module once, and again to a reporter that comes back.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

#include "lars.pb.h"
#include "lars_reactor.h"

static void report_status(net_connection *conn, void *)
{
    lars::ReportStatusRequest req;
    req.set_modid(static_cast<int>(std::random_device()() % 3) + 1);
    req.set_cmdid(1);
    req.set_caller(123);
    req.set_ts(static_cast<uint32_t>(time(NULL)));
    for (int i = 1; i <= 3; i++) {
        lars::HostCallResult *result = req.add_results();
        result->set_ip(i);
        result->set_port(i * i);
        result->set_succ(100);
        result->set_err(3);
        result->set_overload(true);
    }

    std::string body = req.SerializeAsString();
    conn->send_message(body.data(), static_cast<int>(body.size()), lars::ID_ReportStatusRequest);
    printf("reported modid = %d, cmdid = %d, caller = %d, hosts = %d\n", req.modid(), req.cmdid(), req.caller(),
           req.results_size());
    fflush(stdout);
}

int main(int argc, char **argv)
{
    std::string ip = "127.0.0.1";
    long port = 7779;
    int option;
    while ((option = getopt(argc, argv, "h:p:")) != -1) {
        if (option == 'h') {
            ip = optarg;
        } else if (option == 'p') {
            port = strtol(optarg, NULL, 10);
        }
        if (option == '?' || port < 1 || port > 65535) {
            fprintf(stderr, "usage: reportClient [-h IP] [-p PORT]\n");
            return 1;
        }
    }

    event_loop loop;
    tcp_client client(&loop, ip.c_str(), static_cast<uint16_t>(port), "reportClient");
    client.set_conn_start(report_status);
    loop.event_process();

    return 0;
}
