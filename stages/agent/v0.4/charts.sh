#!/bin/bash
# Draws the charts of the READMEs, here or in the folder that is named, from what bin/rules prints.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
to=${1:-.}

# How many calls it takes after so many good ones: calls GOOD OPTIONS PATTERN
calls() {
    local good=$1 part=()
    shift
    [ "$good" = 0 ] || part=("${good}s")
    bin/rules -u "${@:1:$#-1}" "${part[@]}" "${!#}" | awk -v good="$good" '/ call /{n = $4} END {print n - good}'
}
draw() {   # draw FILE TITLE XLABEL YLABEL
    awk -v title="$2" -v xlabel="$3" -v ylabel="$4" -f ../../mk/chart.awk > "$to/$1"
}

failures() {
    local good
    for good in 0 25 50 100 150 200 300 400 500; do
        printf '%s\t%d\t%d\n' "$1" $good "$(calls $good -r 1000000 10000f)" "$2" $good "$(calls $good 10000f)"
    done
}
failures 'no failures in a row' 'one after another' |
    draw failures.svg 'Failures until a host is spared' 'good calls before' 'failures'
failures '按失败率' '连续失败' |
    draw failures.zh-CN.svg '主机摘除前的失败次数' '之前成功的次数' '失败次数'

history() {
    local good
    for good in 0 1000 2000 5000 10000 20000 50000 100000; do
        printf '%s\t%d\t%d\n' "$1" $good "$(calls $good 200000ssf)"
    done
}
history 'v0.4' | draw history.svg 'Each third call fails: calls until the host is spared' 'good calls before' 'calls'
history 'v0.4' | draw history.zh-CN.svg '每三次调用失败一次：摘除前还需的调用次数' '之前成功的次数' '调用次数'
