#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <system_error>
#include <thread>
#include <utility>

#include "lars_reactor.h"
#include "report_backlog.h"
#include "store_report.h"

typedef thread_queue<lars::ReportStatusRequest> report_queue;
typedef std::chrono::steady_clock steady;

// What may wait while the database is away or slow, in each storage thread.
static const size_t MOST_REPORTS = 10000;
static const size_t MOST_BYTES = 16 << 20;

static const std::chrono::seconds RETRY_AFTER(1);

namespace {

struct storage {
    explicit storage(report_queue *from) : queue(from), backlog(MOST_REPORTS, MOST_BYTES) {}

    report_queue *queue;
    report_backlog backlog;
};

}  // namespace

// Something is in the queue. It has no bounds; the backlog has.
static void collect(event_loop *, int, void *args)
{
    storage *self = static_cast<storage *>(args);
    std::queue<lars::ReportStatusRequest> reports;
    self->queue->recv(reports);
    for (; !reports.empty(); reports.pop()) {
        self->backlog.push(std::move(reports.front()));
    }
}

// Stores what waits, one report after the other, each until it is stored.
static void store_all(storage *self)
{
    StoreReport sr;
    unsigned long told = 0;
    steady::time_point last_line;
    while (true) {
        lars::ReportStatusRequest report = self->backlog.pop();
        while (sr.try_store(report) == -1) {
            std::this_thread::sleep_for(RETRY_AFTER);
        }
        unsigned long dropped = self->backlog.dropped();
        if (dropped > told && steady::now() - last_line >= RETRY_AFTER) {
            fprintf(stderr, "%lu reports were dropped, the oldest first: the database did not keep up\n", dropped - told);
            told = dropped;
            last_line = steady::now();
        }
    }
}

void *store_main(void *args)
{
    storage self(static_cast<report_queue *>(args));
    // Who waits for the database cannot empty the queue meanwhile. So two share the work.
    try {
        std::thread(store_all, &self).detach();
    } catch (const std::system_error &error) {
        fprintf(stderr, "store_main: thread: %s\n", error.what());
        exit(1);
    }
    event_loop loop;
    self.queue->set_loop(&loop);
    self.queue->set_callback(collect, &self);
    loop.event_process();
    return NULL;
}
