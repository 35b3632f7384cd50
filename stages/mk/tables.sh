#!/bin/bash
# tables.sh write|check: the tables of stages/README.md, README.zh-CN.md and docs/course.md.
# What stands between "<!-- stages -->" and "<!-- end -->" is made from the stages themselves.
. "$(dirname "$0")/lib.sh"
mode=$1 docs=$stages/../docs

short_files() {   # the names of the files that are new or changed, without folders and twins
    setting "$1" CHANGES | tr ' ' '\n' | sed -e '/^conf/!{/^example/!s|.*/||}' -e 's|^example/||' | sed 's/\.h$//; s/\.cpp$//' | awk '!seen[$0]++ {printf "%s`%s`", n++ ? ", " : "", $0}'
}
table() {   # table LINK-PREFIX WITH-FILES HEADER RULE README
    echo "$3"
    echo "$4"
    for stage in $(all_stages); do
        lines=$("$stages/mk/lines.sh" "$stage")
        printf '| [%s](%s%s/%s) | %s | ' "${stage/\// }" "$1" "$stage" "$5" "$(setting "$stage" "IDEA$6")"
        [ -z "$2" ] || printf '%s | ' "$(short_files "$stage")"
        printf '%s | %s |\n' "$lines" "$(setting "$stage" "LIMIT$6")"
    done
}
bad=0
fill() {   # fill FILE: the table comes on stdin
    local fresh
    [ -f "$1" ] || { echo "$1 is not there"; bad=1; return; }
    fresh=$(awk -v table="$(cat)" '/^<!-- stages -->$/ {print; print table; skip = 1} /^<!-- end -->$/ {skip = 0} !skip && !/^<!-- stages -->$/' "$1")
    if [ "$mode" = write ]; then
        printf '%s\n' "$fresh" > "$1"
    elif [ "$fresh" != "$(cat "$1")" ]; then
        echo "$1: the table is not what the stages are now (make -C stages tables)"
        bad=1
    fi
}
fill "$stages/README.md" < <(table "" "" "| stage | idea | lines added | known limit |" "| --- | --- | ---: | --- |" README.md)
fill "$stages/README.zh-CN.md" < <(table "" "" "| 阶段 | 想法 | 新增行数 | 已知局限 |" "| --- | --- | ---: | --- |" README.zh-CN.md _ZH)
fill "$docs/course.md" < <(table "../stages/" yes "| stage | idea | files that are new or changed | lines added | known limit |" "| --- | --- | --- | ---: | --- |" README.md)
exit $bad
