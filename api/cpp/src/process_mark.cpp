#include "process_mark.h"

#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <new>

namespace lars {

namespace {

// 0: nobody has asked in this process.
using mark = std::atomic<uint64_t>;
static_assert(mark::is_always_lock_free, "it lies in a page that the kernel clears");

}  // namespace

// A mark that is 0 again in each child.
static mark &make_mark()
{
    void *page =
        mmap(nullptr, sizeof(mark), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) {
        if (madvise(page, sizeof(mark), MADV_WIPEONFORK) == 0)
            return *new (page) mark(0);
        munmap(page, sizeof(mark));
    }
    // A kernel of before 4.14. This notices only what is done by way of fork().
    static mark ordinary{0};
    pthread_atfork(nullptr, nullptr, [] { ordinary = 0; });
    return ordinary;
}

static mark &current_mark()
{
    static mark &current = make_mark();
    return current;
}

const std::atomic<uint64_t> &process_mark_place()
{
    return current_mark();
}

uint64_t process_mark()
{
    mark &current = current_mark();
    if (const uint64_t known = current.load(std::memory_order_acquire))
        return known;
    // Children inherit it, so theirs are higher.
    static std::atomic<uint64_t> highest{0};
    uint64_t known = 0;
    const uint64_t fresh = ++highest;
    return current.compare_exchange_strong(known, fresh) ? fresh : known;
}

}  // namespace lars
