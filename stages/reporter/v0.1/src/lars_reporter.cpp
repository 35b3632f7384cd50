#include <cstdio>
#include <string>

#include "lars.pb.h"
#include "lars_reactor.h"
#include "log_limit.h"
#include "store_report.h"

// A report has come. It is stored before this thread does anything else.
void get_report_status(const char *data, uint32_t len, int, net_connection *, void *)
{
    static log_limit garbage;
    lars::ReportStatusRequest req;
    if (!req.ParseFromArray(data, static_cast<int>(len))) {
        if (unsigned long count = garbage.again()) {
            fprintf(stderr, "a report of %u bytes does not parse, it is dropped (%lu so far)\n", len, count);
        }
        return;
    }
    // A connection to the database for each thread, not for each report.
    thread_local StoreReport sr;
    sr.store(req);
}

int main()
{
    if (!config_file::setPath("conf/lars_reporter.conf")) {
        return 1;
    }
    std::string ip = config_file::instance()->GetString("reactor", "ip", "127.0.0.1");
    uint16_t port = config_file::instance()->GetNumber("reactor", "port", 7779);
    StoreReport();   // if the database cannot be reached, that is said now and not at the first report

    event_loop loop;
    tcp_server server(&loop, ip.c_str(), port);
    server.add_msg_router(lars::ID_ReportStatusRequest, get_report_status);
    printf("lars reporter service ....\n");
    fflush(stdout);
    loop.event_process();

    return 0;
}
