#!/bin/bash
# section.sh STAGE TEST: where the course explains what a test expects: the section, and in "Write
# it yourself" the step, that names the test in the README of this stage or of one before it.
# Where none does: the page of the stage, and 1.
. "$(dirname "$0")/lib.sh"
page=stages/$1/README.md
for ((stage_left = 30; stage_left > 0; stage_left--)); do
    where=$(awk -v test="\`$2\`" '
        /^## /      {section = substr($0, 4); step = ""}
        /^[0-9]+\. / {step = $1 + 0}
        /^$/        {if (section != "Write it yourself") step = ""}
        index($0, test) {print "\"" section "\"" (section == "Write it yourself" && step ? ", step " step "," : ""); exit}
    ' "$stages/$1/README.md")
    [ -z "$where" ] || { echo "$where in stages/$1/README.md"; exit; }
    prev=$(setting "$1" PREV)
    # Only within a part: an agent's tests are not explained by the reporter.
    [ -n "$prev" ] && [ "${prev%/*}" = "${1%/*}" ] || break
    set -- "$prev" "$2"
done
echo "$page"
exit 1
