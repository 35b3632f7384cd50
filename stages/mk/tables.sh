#!/bin/bash
# tables.sh write|check: the tables of stages/README.md and docs/course.md, and of their Chinese versions.
# What stands between "<!-- stages -->" and "<!-- end -->" is made from the stages themselves.
. "$(dirname "$0")/lib.sh"
mode=$1 docs=$stages/../docs

short_files() {   # short_files STAGE SEPARATOR: the names of the files that are new or changed, without folders and twins
    setting "$1" CHANGES | tr ' ' '\n' | sed -e '/^conf/!{/^example/!s|.*/||}' -e 's|^example/||' | sed 's/\.h$//; s/\.cpp$//' | awk -v between="$2" '!seen[$0]++ {printf "%s`%s`", n++ ? between : "", $0}'
}
table() {   # table LINK-PREFIX FILE-SEPARATOR HEADER RULE README [_ZH]; without a separator no files are named
    echo "$3"
    echo "$4"
    for stage in $(all_stages); do
        lines=$("$stages/mk/lines.sh" "$stage")
        printf '| [%s](%s%s/%s) | %s | ' "${stage/\// }" "$1" "$stage" "$5" "$(setting "$stage" "IDEA$6")"
        [ -z "$2" ] || printf '%s | ' "$(short_files "$stage" "$2")"
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
fill "$docs/course.md" < <(table "../stages/" ", " "| stage | idea | files that are new or changed | lines added | known limit |" "| --- | --- | --- | ---: | --- |" README.md)
fill "$docs/course.zh-CN.md" < <(table "../stages/" "、" "| 阶段 | 想法 | 新增或改动的文件 | 新增行数 | 已知局限 |" "| --- | --- | --- | ---: | --- |" README.zh-CN.md _ZH)
exit $bad
