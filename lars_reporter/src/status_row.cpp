#include "status_row.h"

#include <algorithm>
#include <limits>

#include "murmur3.h"

namespace lars {

size_t status_row_hash::operator()(const status_row &row) const
{
    const uint32_t words[5] = {static_cast<uint32_t>(row.modid), static_cast<uint32_t>(row.cmdid),
                               row.host.ip, row.host.port, row.caller};
    return murmur3(words, sizeof words);
}

static int32_t clamp_count(uint32_t count)
{
    return static_cast<int32_t>(
        std::min<uint32_t>(count, std::numeric_limits<int32_t>::max()));
}

bool make_status_row(const ReportStatusRequest &message, const HostCallResult &result,
                     status_row *out)
{
    if (result.ip() == 0 || result.port() < 1 || result.port() > 65535)
        return false;
    out->modid = message.modid();
    out->cmdid = message.cmdid();
    out->host = {static_cast<uint32_t>(result.ip()), static_cast<uint16_t>(result.port())};
    out->caller = static_cast<uint32_t>(message.caller());
    out->succ = clamp_count(result.succ());
    out->err = clamp_count(result.err());
    out->ts = message.ts();
    out->overload = result.overload();
    return true;
}

}  // namespace lars
