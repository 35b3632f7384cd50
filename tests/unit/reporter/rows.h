// Rows of ServerCallStatus in short form.
#pragma once

#include "row_queue.h"
#include "row_writer.h"

namespace lars::test {

// Host 10.0.0.1:80 of module (MODID, 1), reported by 10.0.0.9.
inline summary_row row(int32_t modid, int32_t succ, int32_t err = 0)
{
    summary_row made;
    made.module = {modid, 1};
    made.address = {0x0a000001, 80};
    made.caller = 0x0a000009;
    made.succ = succ;
    made.err = err;
    made.ts = 1573034612;
    return made;
}

}  // namespace lars::test
