#!/bin/bash
# run-tests.sh BINARY...: runs a stage's test binaries and the README's transcript, from
# the stage's folder. Prints what failed and, last, "N passed, N failed".
# A binary that crashes, runs out of time or runs no test is a failure.
here=$(cd "$(dirname "$0")" && pwd)
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 TSAN_OPTIONS=halt_on_error=0:exitcode=66:atexit_sleep_ms=0
# What a test that was killed has left goes with it.
TEST_TMPDIR=$(mktemp -d)/ || exit 1
export TEST_TMPDIR
trap 'rm -rf "$TEST_TMPDIR"' EXIT
passed=0 failed=0
for binary in "$@"; do
    log=$binary.log
    # The programs of the same variant, which a service's tests start.
    folder=$(dirname "$binary")/bin
    [ -d "$folder" ] || folder=bin
    export LARS_STAGE_BIN=$folder
    timeout -k 5 240 "./$binary" --gtest_color=no > "$log" 2>&1
    status=$?
    good=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) tests\?\.$/\1/p' "$log")
    bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) tests\?, listed below:$/\1/p' "$log")
    ran=$(sed -n 's/^\[==========\] \([0-9]*\) tests\? from .* ran\..*/\1/p' "$log")
    passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0}))
    if [ -z "$ran" ] || [ "$ran" = 0 ] || { [ $status != 0 ] && [ -z "$bad" ]; }; then
        failed=$((failed + 1)) bad=1
        echo "$binary: ended with status $status after ${ran:-an unknown number of} tests"
        tail -n 40 "$log"
    elif [ -n "$bad" ]; then
        sed -n '/^\[ RUN/{h;d}; H; /^\[  FAILED  \].*ms)$/{g;p}' "$log"
    fi
    echo "$binary: ${good:-0} passed, ${bad:-0} failed"
done
if timeout -k 5 60 "$here/transcript.sh" check README.md; then
    passed=$((passed + 1))
    echo "README.md: transcript as printed"
else
    failed=$((failed + 1))
    echo "README.md: the transcript differs"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
