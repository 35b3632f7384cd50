#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "consistent_hash.h"
#include "lars.pb.h"
#include "lars_reactor.h"
#include "log_limit.h"
#include "store_report.h"

// A queue into each storage thread.
thread_queue<lars::ReportStatusRequest> **reportQueues;
int thread_cnt;

// Which of them a module belongs to. Both are complete before the first report comes.
static consistent_hash ring;
static std::map<std::string, thread_queue<lars::ReportStatusRequest> *> queue_of_node;

// A report has come. All reports of its module go to the same storage thread.
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
    uint64_t mod = (static_cast<uint64_t>(static_cast<uint32_t>(req.modid())) << 32) + static_cast<uint32_t>(req.cmdid());
    queue_of_node.at(ring.node_of(mod))->send(req);
}

void create_reportdb_threads()
{
    thread_cnt = config_file::instance()->GetNumber("reporter", "db_thread_cnt", 3);
    if (thread_cnt < 1 || thread_cnt > 1000) {
        fprintf(stderr, "[reporter] db_thread_cnt = %d: not a number from 1 to 1000\n", thread_cnt);
        exit(1);
    }
    reportQueues = new thread_queue<lars::ReportStatusRequest> *[thread_cnt];
    for (int i = 0; i < thread_cnt; i++) {
        reportQueues[i] = new thread_queue<lars::ReportStatusRequest>;
        pthread_t tid;
        int error = pthread_create(&tid, NULL, store_main, reportQueues[i]);
        if (error != 0) {
            fprintf(stderr, "storage thread %d: %s\n", i, strerror(error));
            exit(1);
        }
        pthread_detach(tid);
        std::string node = "storage thread " + std::to_string(i);
        ring.add_node(node, 100);
        queue_of_node[node] = reportQueues[i];
    }
}

int main()
{
    if (!config_file::setPath("conf/lars_reporter.conf")) {
        return 1;
    }
    std::string ip = config_file::instance()->GetString("reactor", "ip", "127.0.0.1");
    uint16_t port = config_file::instance()->GetNumber("reactor", "port", 7779);
    StoreReport();   // if the database cannot be reached, that is said now and not at the first report
    create_reportdb_threads();

    event_loop loop;
    tcp_server server(&loop, ip.c_str(), port);
    server.add_msg_router(lars::ID_ReportStatusRequest, get_report_status);
    printf("lars reporter service ....\n");
    fflush(stdout);
    loop.event_process();

    return 0;
}
