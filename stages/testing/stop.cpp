// Linked into the programs of a stage that are built with AddressSanitizer: on SIGTERM they
// look for leaks and end, with 23 if there are any. The course's programs have no end of their own.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>

static void *wait_for_the_end(void *)
{
    sigset_t set;
    int signal;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigwait(&set, &signal);
    _exit(__lsan_do_recoverable_leak_check() != 0 ? 23 : 0);
}

__attribute__((constructor)) static void begin()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    pthread_t thread;
    pthread_create(&thread, nullptr, wait_for_the_end, nullptr);
}
#endif
