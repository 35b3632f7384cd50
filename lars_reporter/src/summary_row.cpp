#include "summary_row.h"

#include <algorithm>
#include <limits>

#include "murmur3.h"

namespace lars {

size_t summary_row_hash::operator()(const summary_row &row) const
{
    const uint32_t words[5] = {static_cast<uint32_t>(row.module.modid),
                               static_cast<uint32_t>(row.module.cmdid), row.address.ip,
                               row.address.port, row.caller};
    return murmur3(words, sizeof words);
}

static int32_t clamp_count(uint32_t count)
{
    return static_cast<int32_t>(std::min<uint32_t>(count, std::numeric_limits<int32_t>::max()));
}

summary_row make_summary_row(const call_summary &summary, const host_calls &calls)
{
    summary_row row;
    row.module = summary.module;
    row.address = calls.address;
    row.caller = summary.caller;
    row.succ = clamp_count(calls.succ);
    row.err = clamp_count(calls.err);
    row.ts = summary.ts;
    row.overloaded = calls.overloaded;
    return row;
}

}  // namespace lars
