#include "call_history.h"

#include "call_status.h"
#include "module_text.h"

namespace lars {

static constexpr int64_t MINUTE = 60;
static constexpr int64_t QUARTER = 900;
static constexpr size_t MINUTES = 60;
static constexpr size_t QUARTERS = 96;
static constexpr int PRUNED_AT_ONCE = 5000;

status sample_calls(db_client &client, int64_t now)
{
    const int64_t minute = now - now % MINUTE;
    return client.execute(
        "INSERT IGNORE INTO CallHistory (ts, modid, cmdid, calls, failures) SELECT " +
        std::to_string(minute) +
        ", modid, cmdid, SUM(succ_cnt + err_cnt), SUM(err_cnt) FROM ServerCallStatus WHERE ts > " +
        std::to_string(now - FRESH_SECONDS) + " AND ts <= " + std::to_string(now + FRESH_SECONDS) +
        " AND succ_cnt >= 0 AND err_cnt >= 0 GROUP BY modid, cmdid");
}

status prune_history(db_client &client, int64_t now, std::chrono::seconds retention, bool *more)
{
    uint64_t deleted = 0;
    const status s = client.execute("DELETE FROM CallHistory WHERE ts < " +
                                        std::to_string(now - retention.count()) + " LIMIT " +
                                        std::to_string(PRUNED_AT_ONCE),
                                    &deleted);
    *more = deleted == PRUNED_AT_ONCE;
    return s;
}

// The points of COUNT steps, of which the last is the one of NOW.
static void add(int64_t ts, int64_t now, int64_t step, size_t count, const call_sum &sum,
                call_points *points)
{
    points->resize(count);
    const int64_t back = now / step - ts / step;
    if (back < 0 || back >= static_cast<int64_t>(count))
        return;
    auto &point = (*points)[count - 1 - static_cast<size_t>(back)];
    if (!point)
        point.emplace();
    point->calls += sum.calls;
    point->failures += sum.failures;
}

status read_history(db_client &client, const std::vector<module_id> &modules, int64_t now,
                    module_histories *histories)
{
    histories->clear();
    for (const module_id &module : modules) {
        module_history &history = (*histories)[module];
        history.hour.resize(MINUTES);
        history.day.resize(QUARTERS);
    }
    const int64_t begin = now - now % QUARTER - static_cast<int64_t>(QUARTERS - 1) * QUARTER;
    const status s = client.query(
        "SELECT modid, cmdid, ts, calls, failures FROM CallHistory WHERE " +
            condition_of(modules, id_form::as_signed) + " AND ts >= " + std::to_string(begin),
        [histories, now](const db_row &row) {
            module_id module;
            int64_t ts = 0;
            call_sum sum;
            if (!row.get_id(0, &module.modid) || !row.get_id(1, &module.cmdid) ||
                !row.get_signed(2, &ts) || !row.get_unsigned(3, &sum.calls) ||
                !row.get_unsigned(4, &sum.failures))
                return status();
            module_history &history = (*histories)[module];
            add(ts, now, MINUTE, MINUTES, sum, &history.hour);
            add(ts, now, QUARTER, QUARTERS, sum, &history.day);
            return status();
        });
    // Before upgrade.sql there is no such table, and no history.
    return s.kind() == status_kind::missing ? status() : s;
}

}  // namespace lars
