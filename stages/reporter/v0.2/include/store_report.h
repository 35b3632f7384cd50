// Stores in the table ServerCallStatus what the agents report.
#pragma once

#include <mysql.h>

#include <string>

#include "lars.pb.h"

// One connection to the database that the configuration names. Several threads may each have
// one, or more; one object is used by one thread at a time.
class StoreReport {
public:
    // Connects. Where that fails, store() tries again. A [mysql] db_port that is no port ends
    // the process with a message.
    StoreReport();
    ~StoreReport();
    StoreReport(const StoreReport &) = delete;
    StoreReport &operator=(const StoreReport &) = delete;

    // Writes a row for each host of the report; a row that is there gets the new values.
    // Waits for the database, up to some seconds if that does not answer. While it is away
    // reports are lost: all objects together say once that it is away and, when it is back,
    // how many reports were lost meanwhile.
    void store(lars::ReportStatusRequest req);

    // The same for who can keep a report and come back. 0: dealt with, that is stored, or
    // refused by the database, which is told. -1: the database is away.
    int try_store(const lars::ReportStatusRequest &req);

private:
    bool connect();
    void disconnect();

    MYSQL _db_conn;
    bool _connected;
};

// A storage thread, for pthread_create. args is a thread_queue<lars::ReportStatusRequest> *
// that outlives it: whatever is sent there is stored, in that order. While the database is
// away reports are kept; when too many wait, the oldest are dropped and counted. Never returns.
void *store_main(void *args);
