#include "call_status.h"

#include <limits>

namespace lars {

static bool read_address(const db_row &row, size_t column, uint32_t *ip)
{
    // In a table of an older Lars these columns are signed.
    int32_t bits = 0;
    if (!row.get_id(column, &bits))
        return false;
    *ip = static_cast<uint32_t>(bits);
    return true;
}

static bool read_counts(const db_row &row, call_status *out)
{
    uint64_t successes = 0;
    constexpr uint64_t HIGHEST = std::numeric_limits<int32_t>::max();
    if (!row.get_unsigned(5, &successes, HIGHEST) ||
        !row.get_unsigned(6, &out->failures, HIGHEST) || !row.get_signed(7, &out->ts))
        return false;
    out->calls = successes + out->failures;
    out->overloaded = row[8] == "1";
    return true;
}

static bool read_columns(const db_row &row, call_status *out)
{
    uint64_t port = 0;
    if (!row.get_id(0, &out->module.modid) || !row.get_id(1, &out->module.cmdid) ||
        !read_address(row, 2, &out->host.ip) ||
        !row.get_unsigned(3, &port, std::numeric_limits<uint16_t>::max()) ||
        !read_address(row, 4, &out->caller))
        return false;
    out->host.port = static_cast<uint16_t>(port);
    return read_counts(row, out);
}

status read_call_status(db_client &client, const std::string &rest,
                        const std::function<void(const call_status &row)> &each)
{
    return client.stream("SELECT modid, cmdid, ip, port, caller, succ_cnt, err_cnt, ts, overload"
                         " FROM ServerCallStatus" +
                             rest,
                         [&each](const db_row &row) {
                             call_status read;
                             if (read_columns(row, &read))
                                 each(read);
                             return status();
                         });
}

}  // namespace lars
