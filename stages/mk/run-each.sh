#!/bin/bash
# run-each.sh TEST SECONDS NAMES OUT: runs each test of a binary in a process of its own, a few at
# a time. Its words go to OUT/name.log, its exit status to OUT/name.done.
test=$1 seconds=$2 names=$3 out=$4
export test seconds out
one() {
    set -m   # a process group of its own, so that nothing of it is left
    timeout -k 1 "$seconds" "$test" --gtest_filter="$1" > "$out/$1.log" 2>&1 &
    group=$!
    trap 'kill -KILL -- -$group; exit 1' INT TERM
    wait $group
    echo $? > "$out/$1.status"
    kill -KILL -- -$group
    mv "$out/$1.status" "$out/$1.done"
}
export -f one
xargs -a "$names" -P $(($(nproc) + 1)) -I{} bash -c 'one {} 2> /dev/null'
