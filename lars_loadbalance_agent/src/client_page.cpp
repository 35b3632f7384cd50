#include "client_page.h"

namespace lars {

using namespace local;

status client_page::make(uint32_t number, pid_t process, uid_t user, client_page *out)
{
    sealed_memory memory;
    if (status s = sealed_memory::make("lars-page", page_size(MAX_BLOCKS),
                                       sealed_memory::writers::all, &memory);
        !s)
        return s;
    out->memory = std::move(memory);
    out->number = number;
    out->process = process;
    out->user = user;
    page_header &header = out->header();
    header.magic = PAGE_MAGIC;
    header.version = LAYOUT_VERSION;
    header.number = number;
    header.blocks = MAX_BLOCKS;
    return {};
}

}  // namespace lars
