#!/bin/bash
# Draws the chart of the READMEs, here or in the folder that is named, from what bin/rules prints.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
to=${1:-.}

# Each call times out after so many seconds, and the next one follows at once. How many seconds
# until the host is spared, if the reports do not say what the calls cost, and if they do?
timeouts() {   # timeouts NAME COST
    local seconds
    for seconds in $(seq 1 10); do
        printf '%s\t%d\t%d\n' "$1" "$seconds" \
            "$(bin/rules -u -c "$((seconds * $2))" -e "$seconds" 1000f | awk '/ call /{t = $2} END {print t}')"
    done
}
draw() {   # draw FILE TITLE XLABEL YLABEL
    awk -v title="$2" -v xlabel="$3" -v ylabel="$4" -f ../../mk/chart.awk > "$to/$1"
}
{ timeouts 'cost not told' 0; timeouts 'cost told' 1000; } |
    draw timeouts.svg 'A host that times out: seconds until it is spared' 'time-out of a call, seconds' 'seconds'
{ timeouts '不上报耗时' 0; timeouts '上报耗时' 1000; } |
    draw timeouts.zh-CN.svg '主机超时：多少秒后摘除' '调用的超时时间（秒）' '秒'
