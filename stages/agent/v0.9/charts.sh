#!/bin/bash
# Draws the chart of the READMEs, here or in the folder that is named, from what bin/rules prints.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
to=${1:-.}

# Every call fails, and they come so many seconds apart.
dead() {
    local seconds
    for seconds in $(seq 1 20); do
        bin/rules -u -e "$seconds" 1000f |
            awk -v calls="$1" -v time="$2" -v x="$seconds" '/ call /{t = $2; n = $4} END {print calls "\t" x "\t" n; print time "\t" x "\t" t}'
    done | LC_ALL=C sort -s -t "$(printf '\t')" -k1,1
}
draw() {   # draw FILE TITLE XLABEL YLABEL
    awk -v title="$2" -v xlabel="$3" -v ylabel="$4" -f ../../mk/chart.awk > "$to/$1"
}
dead calls seconds | draw dead.svg 'A dead host: until it is spared' 'seconds from one call to the next' 'calls, seconds'
dead 次数 秒数 | draw dead.zh-CN.svg '故障主机：摘除前的调用次数和时间' '两次调用的间隔（秒）' '次数 / 秒数'
