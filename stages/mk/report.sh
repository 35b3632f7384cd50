#!/bin/bash
# report.sh NAME LOG: one line about a test that has run; all of its output if it failed.
name=$1 log=$2
last=$(tail -n 1 "$log")
if [[ $last =~ ^[0-9]+\ passed,\ 0\ failed$ && $last != 0\ * ]]; then
    printf '%-16s %s\n' "$name" "$last"
else
    [[ $last =~ ^[0-9]+\ passed,\ [0-9]+\ failed$ ]] || last="did not get to the end"
    # One write, so that the outputs of two stages do not mix.
    printf '%s\n%-16s %s\n' "$(sed "s|^|    |" "$log")" "$name" "$last"
fi
