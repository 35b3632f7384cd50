#!/bin/bash
# run.sh [FOLDER]: measures every version in turn, ROUNDS times round, each time with the bare
# epoll echo in the same round; prints medians, and writes them to FOLDER if there is one.
cd "$(dirname "$0")" || exit 1
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-1} folder=${1:-}
targets=(floor v0.3 v0.4 v0.5 v0.6 v0.7 v0.8 v0.9 v0.10 v0.11 v0.12)
loads=("2 16" "50 1")
results=build/results
busy=$(cut -d' ' -f1 /proc/loadavg)
: > $results
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null' EXIT

measure() {   # measure TARGET CONNECTIONS IN_FLIGHT: messages a second, or "-" where it cannot be
    local port=$((15000 + RANDOM % 16000)) rate
    build/$1 $port 2> build/server.log &
    server=$!
    for _ in $(seq 200); do
        grep -q "$(printf ':%04X 00000000:0000 0A' $port)" /proc/net/tcp && break
        sleep 0.01
    done
    rate=$(build/load $port $2 $3 $seconds) || { echo "$1 failed with $2 connections" >&2; exit 1; }
    kill $server
    wait $server 2>/dev/null
    server=
    echo "$rate"
}
for round in $(seq $rounds); do
    for load in "${loads[@]}"; do
        for target in "${targets[@]}"; do
            # v0.5 admits two clients
            [ "$target ${load% *}" = "v0.5 50" ] && continue
            echo "$round ${load// /x} $target $(measure $target $load)" >> $results || exit 1
        done
    done
    echo "round $round of $rounds" >&2
done

medians() {   # rate and ratio to the floor of the same round, each the median of the rounds
    for target in "${targets[@]}"; do
        line=$target
        for load in "${loads[@]}"; do
            line+=" $(awk -v l="${load// /x}" -v t="$target" '
                $2 == l && $3 == "floor" {floor[$1] = $4}
                $2 == l && $3 == t {rate[$1] = $4}
                END {for (r in rate) printf "%d %.4f\n", rate[r], rate[r] / floor[r]}' $results |
                awk '{a[NR] = $1; b[NR] = $2} END {
                    if (NR == 0) {print "- -"; exit}
                    for (i = 1; i <= NR; i++) for (j = i + 1; j <= NR; j++) {
                        if (a[j] < a[i]) {t = a[i]; a[i] = a[j]; a[j] = t}
                        if (b[j] < b[i]) {t = b[i]; b[i] = b[j]; b[j] = t}}
                    m = int((NR + 1) / 2); printf "%d %.2f", a[m], b[m]}')"
        done
        echo "$line"
    done
}
medians > build/medians

table() {
    echo "| version | 2 connections, 16 messages in flight on each: echoes a second | of the floor | 50 connections, 1 message in flight on each: echoes a second | of the floor |"
    echo "| --- | ---: | ---: | ---: | ---: |"
    awk '{name = $1 == "floor" ? "bare epoll" : $1; printf "| %s | %s | %s | %s | %s |\n", name, $2, $3, $4, $5}' build/medians
}
chart() {
    awk -v title="Echoes a second, as a share of a bare epoll loop (median of $rounds rounds)" '
    function bar(y, value, colour) {
        if (value == "-") {printf "<text x=\"70\" y=\"%d\" fill=\"#777\">admits two clients only</text>\n", y + 9; return}
        printf "<rect x=\"70\" y=\"%d\" width=\"%.0f\" height=\"10\" fill=\"%s\"/>\n", y, value * scale, colour
        printf "<text x=\"%.0f\" y=\"%d\">%s</text>\n", 74 + value * scale, y + 9, value
    }
    {name[NR] = $1 == "floor" ? "bare epoll" : $1; a[NR] = $3; b[NR] = $5
     if ($3 != "-" && $3 > top) top = $3; if ($5 != "-" && $5 > top) top = $5}
    END {
        scale = 560 / top
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 700 %d\" font-family=\"sans-serif\" font-size=\"11\">\n", 70 + NR * 28
        printf "<rect width=\"700\" height=\"%d\" fill=\"#fff\"/>\n<text x=\"8\" y=\"18\" font-size=\"13\">%s</text>\n", 70 + NR * 28, title
        print "<rect x=\"8\" y=\"28\" width=\"10\" height=\"10\" fill=\"#2b6cb0\"/><text x=\"22\" y=\"37\">2 connections, 16 in flight each</text>"
        print "<rect x=\"230\" y=\"28\" width=\"10\" height=\"10\" fill=\"#dd8a2f\"/><text x=\"244\" y=\"37\">50 connections, 1 in flight each</text>"
        for (i = 1; i <= NR; i++) {
            y = 50 + (i - 1) * 28
            printf "<text x=\"8\" y=\"%d\">%s</text>\n", y + 14, name[i]
            bar(y, a[i], "#2b6cb0"); bar(y + 12, b[i], "#dd8a2f")
        }
        print "</svg>"
    }' build/medians
}
table
[ -n "$folder" ] || exit 0
mkdir -p "$folder"
chart > "$folder/bench.svg"
{
    cat <<TEXT
# What each idea costs or gains

Written by \`make -C tests/bench/stages docs\`; do not edit. One run: $rounds rounds of $seconds s each, every version
in every round, medians. $(nproc) CPUs, which server and load share; $(${CXX:-g++} --version | head -n 1); $(date +%F).
A message is 72 bytes: the header and 64 bytes of body. v0.3 echoes the same bytes without looking for the
header. "Of the floor" compares with a bare epoll loop measured in the same round. From v0.8 on, three
threads serve. When the run began, $busy processes were already busy on this computer (load average): the
numbers of a quiet one are higher, and differences of a few hundredths mean nothing.

![The shares as bars](bench.svg)

TEXT
    table
} > "$folder/bench.md"
