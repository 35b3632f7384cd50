#!/bin/bash
# sum.sh FOLDER NAME...: adds up the last lines of the logs. A log without one is a failure.
. "$(dirname "$0")/lib.sh"
folder=$1 passed=0 failed=0
shift
for name in "$@"; do
    last=$(result "$folder/$name")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] && [ $((BASH_REMATCH[1] + BASH_REMATCH[2])) -gt 0 ]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    else
        failed=$((failed + 1))
    fi
done
[ $# -gt 1 ] || failed=$((failed + 1))   # no stages: nothing was tested
echo "$passed passed, $failed failed"
