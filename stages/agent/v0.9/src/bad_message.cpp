#include "bad_message.h"

#include <atomic>
#include <cstdio>

void bad_message(const char *what, uint32_t len)
{
    static std::atomic<unsigned> dropped(0);
    unsigned n = ++dropped;
    if ((n & (n - 1)) == 0) {
        fprintf(stderr, "dropped: a body of %u bytes is no %s (%u so far)\n", len, what, n);
    }
}
