#!/bin/bash
# report.sh NAME LOG: one line about a test that has run; all of its output if it failed.
. "$(dirname "$0")/lib.sh"
name=$1 log=$2
last=$(result "$log")
if [[ $last == *' passed, 0 failed' && $last != 0\ * ]]; then
    printf '%-16s %s\n' "$name" "$last"
else
    # One write, so that the outputs of two stages do not mix.
    printf '%s\n%-16s %s\n' "$(sed "s|^|    |" "$log")" "$name" "${last:-did not get to the end}"
fi
