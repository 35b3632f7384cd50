#!/bin/bash
# Draws the charts of the READMEs, here or in the folder that is named, from what bin/rules prints.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
to=${1:-.}

draw() {   # draw FILE TITLE XLABEL YLABEL
    awk -v title="$2" -v xlabel="$3" -v ylabel="$4" -f ../../mk/chart.awk > "$to/$1"
}

# A hundred calls in each second; all go well, then each third one fails. Where the clock stands
# still no window ends: so it was in v0.4.
good_second=$(printf 's%.0s' {1..100})w
bad_second=$(printf 'ssf%.0s' {1..33})sw
calls() {   # calls GOOD PART...: how many there are after the good ones
    bin/rules -u -e 0 "${@:2}" | awk -v good="$1" '/ call /{n = $4} END {print n - good}'
}
history() {   # history NAME NAME-WITH-WINDOWS
    local good
    for good in 100 1000 2000 5000 10000 20000 50000 100000; do
        printf '%s\t%d\t%d\n' "$1" $good "$(calls $good "${good}s" 200000ssf)" \
            "$2" $good "$(calls $good "$((good / 100))$good_second" "2000$bad_second")"
    done
}
history 'no window' 'windows of 15 s' |
    draw history.svg 'Each third call fails: calls until the host is spared' 'good calls before' 'calls'
history '没有窗口' '15 秒窗口' |
    draw history.zh-CN.svg '每三次调用失败一次：摘除前还需的调用次数' '之前成功的次数' '调用次数'

# Every call fails, and they come so many seconds apart.
dead() {
    local seconds
    for seconds in $(seq 1 20); do
        printf '%s\t%d\t%d\n' "$1" "$seconds" "$(bin/rules -u -e "$seconds" 1000f | awk '/ call /{n = $4} END {print n}')"
    done
}
dead 'failed calls' | draw dead.svg 'A dead host: calls until it is spared' 'seconds from one call to the next' 'calls'
dead '失败次数' | draw dead.zh-CN.svg '故障主机：摘除前的调用次数' '两次调用的间隔（秒）' '调用次数'
