// The table as a whole, for those who hand it out: a header, and a part for each owner.
#pragma once

#include "sealed_memory.h"
#include "status.h"
#include "table_part.h"

namespace lars {

// Makes the memory of a table of these bounds, in which nothing is shown yet. Others can read
// it, and never write. An error as sealed_memory's. Any thread.
status make_table(const table_part::bounds &limits, sealed_memory *out);
// Where the OWNER's part begins; it has table_part::size_of(LIMITS) bytes.
char *part_of(const sealed_memory &table, const table_part::bounds &limits, size_t owner);

}  // namespace lars
