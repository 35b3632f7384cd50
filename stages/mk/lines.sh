#!/bin/bash
# lines.sh STAGE: how many lines of source it adds to the stage before.
. "$(dirname "$0")/lib.sh"
cd "$stages" || exit 1
prev=$(setting "$1" PREV)
for file in $(sources "$1"); do
    old=${prev:-none}/$file
    [ -f "$old" ] || old=/dev/null
    diff --old-line-format= --unchanged-line-format= --new-line-format=%L "$old" "$1/$file"
done | wc -l
