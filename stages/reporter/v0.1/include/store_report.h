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

private:
    int try_store(const lars::ReportStatusRequest &req);
    bool connect();
    void disconnect();

    MYSQL _db_conn;
    bool _connected;
};
