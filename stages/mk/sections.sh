#!/bin/bash
# sections.sh STAGE < NAMES: for each test where the course explains what it expects: the section,
# and in "Write it yourself" the step, that names it in the README of this stage or of one before
# it. Lines "SUITE.TEST<tab>WHERE", in the order in which the course explains them.
. "$(dirname "$0")/lib.sh"
chain=() stage=$1
for ((left = 30; left > 0; left--)); do
    chain=("$stages/$stage/README.md" "${chain[@]}")
    prev=$(setting "$stage" PREV)
    # Only within a part: an agent's tests are not explained by the reporter.
    [ -n "$prev" ] && [ "${prev%/*}" = "${stage%/*}" ] || break
    stage=$prev
done
awk -v stages="$stages/" -v last="stages/$1/README.md" '
    FILENAME == "-" {names[++count] = $1; wanted[$1]; next}
    FNR == 1      {section = step = ""}
    /^## /        {section = substr($0, 4); step = ""}
    /^[0-9]+\. /  {step = section == "Write it yourself" ? ", step " ($1 + 0) "," : ""}
    {
        line = $0
        while (match(line, /`[A-Za-z0-9_]+\.[A-Za-z0-9_]+`/)) {
            name = substr(line, RSTART + 1, RLENGTH - 2)
            line = substr(line, RSTART + RLENGTH)
            if (!(name in wanted)) continue
            page = FILENAME; sub(stages, "stages/", page)
            # The latest page that names it explains it; where it first stands is its place.
            if (!(name in place)) place[name] = ++n
            if (page != from[name]) where[name] = "\"" section "\"" step " in " page
            from[name] = page
        }
    }
    END {
        for (i = 1; i <= count; i++) {
            name = names[i]
            printf "%d\t%s\t%s\n", name in place ? place[name] : 100000 + i, name, name in where ? where[name] : last
        }
    }' - "${chain[@]}" | sort -n | cut -f 2-
