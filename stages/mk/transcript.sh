#!/bin/bash
# transcript.sh run README     types the commands of the README's first console block
# transcript.sh check README   runs them aside and compares what they print with the README
#
# A line that starts with "$ " is a command for bash; the lines under it are its output,
# stderr included. After a command that ends in "&" the next one waits until something
# listens on the port (a person is never fast enough to need that).
# The only thing changed when checking: port 7777 becomes a free port, and back in the output.
set -u
mode=$1 readme=$2 shown=7777
block=$(awk '/^```console$/ && !seen {inside = 1; seen = 1; next} /^```$/ {inside = 0} inside' "$readme")
[ -n "$block" ] || { echo "$readme: no console block" >&2; exit 1; }

# The inodes of the sockets that listen on the port (TCP 0A) or are bound to it (UDP 07).
sockets_on() {
    awk -v port="$(printf ':%04X' "$1")" '$2 ~ port "$" && ($4 == "0A" || $4 == "07") {print $10}' /proc/net/tcp /proc/net/udp
}
# Is one of them that of process PID?
serves() {   # serves PID PORT
    local inode
    for inode in $(sockets_on "$2"); do
        ls -l "/proc/$1/fd" 2>/dev/null | grep -Fq "socket:[$inode]" && return
    done
    return 1
}

port=$shown scratch=
finish() {
    local pids
    pids=$(jobs -p)
    [ -z "$pids" ] || { kill $pids; wait $pids; } 2>/dev/null
    [ -z "$scratch" ] || rm -rf "$scratch"
}
trap finish EXIT

play() {
    local line command pid
    while IFS= read -r line <&9; do
        case $line in '$ '*) ;; *) continue ;; esac
        command=${line#'$ '}
        echo "$line"
        eval "${command//$shown/$port}" 2>&1
        case $command in
        *'&')
            pid=$!
            for _ in $(seq 500); do
                serves $pid "$port" && break
                kill -0 $pid 2>/dev/null || return
                sleep 0.01
            done ;;
        esac
    done 9<<< "$block"
}

if [ "$mode" = run ]; then
    play
    exit
fi

for _ in $(seq 100); do
    port=$((15000 + RANDOM % 16000))
    [ -n "$(sockets_on $port)" ] || break
done
scratch=$(mktemp -d)
for entry in "$PWD"/*; do
    case $entry in
    */build) mkdir "$scratch/build" ;;
    */conf) cp -r "$entry" "$scratch/conf" && sed -i "s/\b$shown\b/$port/g" "$scratch"/conf/* ;;
    *) ln -s "$entry" "$scratch/" ;;
    esac
done
from=$PWD
cd "$scratch" || exit 1
play > "$scratch/actual"
# Somebody else took the port between the look and the bind: once more, with another.
if [ "${tries:=1}" -lt 3 ] && grep -qs 'Address already in use' "$scratch/actual" build/*.log; then
    finish
    cd "$from" && tries=$((tries + 1)) exec "$0" check "$readme"
fi
sed -i "s/\b$port\b/$shown/g" "$scratch/actual"
diff -u --label "$from/$readme" --label "what it printed" <(printf '%s\n' "$block") "$scratch/actual"
