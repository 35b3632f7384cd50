// Rows that lars_reporter stores a second against inserts of one row each.
#include <cstdio>

#include "database.h"
#include "messages.h"
#include "parts.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars::bench {
namespace {

using namespace lars::test;

constexpr int HOSTS = 20;  // of each module; a report is a module

std::string call_summary(int modid, uint32_t ts)
{
    ReportStatusRequest body;
    body.set_modid(modid);
    body.set_cmdid(1);
    body.set_caller(0x7f000001);
    body.set_ts(ts);
    for (int i = 0; i < HOSTS; ++i) {
        HostCallResult *result = body.add_results();
        result->set_ip(static_cast<int32_t>(0xc0a80100u + static_cast<uint32_t>(i)));
        result->set_port(8000);
        result->set_succ(100);
        result->set_err(3);
    }
    return encode_frame(ID_ReportStatusRequest, body.SerializeAsString());
}

}  // namespace

bool bench_reporter(const bench_settings &settings)
{
    database stored;
    reporter_service reporter(stored.options());
    reporter.unset("reactor", "threadNum");
    db_client direct(stored.options());
    wire_peer peer;
    if (!reporter.start() || !direct.connect() || !peer.connect_tcp(reporter.port()))
        return false;
    const int modules = std::max(1, static_cast<int>(2000 * settings.seconds));
    const int single_rows = std::max(1, static_cast<int>(1000 * settings.seconds));
    uint32_t ts = 0;

    const auto reported = [&] {
        stored.exec("TRUNCATE ServerCallStatus");
        std::string bytes;
        ++ts;
        for (int modid = 1; modid <= modules; ++modid)
            bytes += call_summary(modid, ts);
        const std::string rows = std::to_string(modules * HOSTS);
        stopwatch watch(reporter.process().pid());
        watch.begin();
        peer.send_bytes(bytes);
        if (!wait_until(
                [&] { return stored.value("SELECT COUNT(*) FROM ServerCallStatus") == rows; },
                std::chrono::seconds(60)))
            return failed("not all rows were stored");
        return watch.end(static_cast<uint64_t>(modules * HOSTS));
    };
    const auto inserted = [&] {
        stored.exec("TRUNCATE ServerCallStatus");
        stopwatch watch(0);
        watch.begin();
        for (int i = 0; i < single_rows; ++i) {
            if (!direct.execute("INSERT INTO ServerCallStatus VALUES (" + std::to_string(i) +
                                ", 1, 3232235777, 8000, 2130706433, 100, 3, 1, '0')"))
                return failed("the database refuses a row");
        }
        return watch.end(static_cast<uint64_t>(single_rows));
    };
    return compare("reporter, rows stored", settings, reported, inserted);
}

}  // namespace lars::bench
