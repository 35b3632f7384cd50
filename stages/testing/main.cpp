// The main of every test binary: a time limit for each test, and a sentence for each failure.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "explain.h"
#include "journal.h"
#include "testing.h"

namespace {

int limit_seconds()
{
    const char *limit = getenv("LARS_TEST_SECONDS");
    return limit != nullptr ? atoi(limit) : KIT_SANITIZED ? 120 : 60;
}

// Said when a test takes longer than its limit. Then the process ends, for what hangs is
// somebody's code, in this thread perhaps; the programs that the test has started end with it.
char out_of_time[512];

void end_test(int)
{
    const char *story = kit::rendered_journal();
    const char *end = out_of_time + (*story == '\0' ? 2 : 0);   // without the "; "
    for (const char *part : {story, end}) {
        if (write(1, part, strlen(part)) == -1) {
            break;
        }
    }
    _exit(3);
}

// Says each failure in a sentence: after GoogleTest's own words, or, in plain words, in their place.
// Then the process, which runs one test, ends with the first failure, for the others follow from it.
class teller : public testing::EmptyTestEventListener {
public:
    explicit teller(bool plain) : _plain(plain) {}

private:
    void OnTestStart(const testing::TestInfo &info) override
    {
        kit::clear_journal();
        snprintf(out_of_time, sizeof out_of_time, "; it hung there, %s.%s did not end within %d s\n", info.test_suite_name(), info.name(), _limit);
        alarm(static_cast<unsigned>(_limit));
    }
    void OnTestEnd(const testing::TestInfo &) override
    {
        EXPECT_EQ(0, kit::new_races()) << "ThreadSanitizer has found data races during this test, see above";
        alarm(0);
    }
    void OnTestPartResult(const testing::TestPartResult &result) override
    {
        if (!result.failed()) {
            return;
        }
        printf("%s\n", kit::explain(result.message(), kit::journal(), kit::ended_early()).c_str());
        fflush(stdout);
        if (_plain) {
            _exit(1);
        }
    }

    const int _limit = limit_seconds();
    const bool _plain;
};

}  // namespace

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    signal(SIGALRM, end_test);
    if (KIT_TSAN) {
        // For the programs that are started from their files.
        setenv("TSAN_OPTIONS", "halt_on_error=1:exitcode=66:atexit_sleep_ms=0", 1);
    }
    testing::TestEventListeners &listeners = testing::UnitTest::GetInstance()->listeners();
    bool plain = getenv("LARS_PLAIN_WORDS") != nullptr;
    if (plain) {
        delete listeners.Release(listeners.default_result_printer());
    }
    listeners.Append(new teller(plain));
    return RUN_ALL_TESTS();
}
