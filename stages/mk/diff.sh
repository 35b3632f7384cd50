#!/bin/bash
# diff.sh STAGE [1]: what a stage adds to the one before; with 1, tests and README too.
. "$(dirname "$0")/lib.sh"
stage=$1 all=$2
prev=$(setting "$stage" PREV)
cd "$stages" || exit 1
files() {
    [ -n "$1" ] || return
    sources "$1"
    [ -z "$all" ] || (cd "$1" && ls test/*.cpp README.md)
}
for file in $( (files "$prev"; files "$stage") | LC_ALL=C sort -u); do
    old=${prev:-none}/$file new=$stage/$file
    [ -f "$old" ] || old=/dev/null
    [ -f "$new" ] || new=/dev/null
    diff -U3 -p "$old" "$new" | sed -E '1,2s/\t.*//'
done
exit 0
