#include "choice_table.h"

#include <random>

namespace lars {

using namespace local;

status make_table(const table_part::bounds &limits, sealed_memory *out)
{
    const size_t part = table_part::size_of(limits);
    if (status s = sealed_memory::make("lars-table", MEMORY_PAGE + OWNERS * part,
                                       sealed_memory::writers::only_this_process, out);
        !s)
        return s;
    std::random_device random;
    auto *header = reinterpret_cast<table_header *>(out->data());
    header->magic = TABLE_MAGIC;
    header->version = LAYOUT_VERSION;
    header->index_slots = table_part::index_slots(limits);
    header->part_size = part;
    header->agent = pack(random(), random());
    return {};
}

char *part_of(const sealed_memory &table, const table_part::bounds &limits, size_t owner)
{
    return table.data() + MEMORY_PAGE + owner * table_part::size_of(limits);
}

}  // namespace lars
