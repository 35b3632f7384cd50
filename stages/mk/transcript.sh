#!/bin/bash
# transcript.sh run README     types the commands of the README's first console block
# transcript.sh check README   runs them aside and compares what they print with the README
#
# A line that starts with "$ " is a command for bash; the lines under it are its output,
# stderr included. After a command that ends in "&" the next one waits until it serves its
# port (a person is never fast enough to need that).
#
# When checking, and always for the stages of the services, the commands run in a copy of the
# stage (and of those that it NEEDS) whose ports are free ones; a check puts the README's
# numbers back into the output. The database is on the server that with-database.sh has started; a
# check has one of its own there, in the place of lars_dns.
set -u
. "$(dirname "$0")/lib.sh"
mode=$1 readme=$2
block=$(awk '/^```console$/ && !seen {inside = 1; seen = 1; next} /^```$/ {inside = 0} inside' "$readme")
[ -n "$block" ] || { echo "$readme: no console block" >&2; exit 1; }
stage=${PWD#"$stages/"}
case $stage in
    dns/*|reporter/*|agent/*) service=yes shown=(7778 7779 8888 8889 8890) ;;
    *) service= shown=(7777) ;;
esac

# The inodes of the sockets that listen on the port (TCP 0A) or are bound to it (UDP 07).
sockets_on() {
    awk -v port="$(printf ':%04X' "$1")" '$2 ~ port "$" && ($4 == "0A" || $4 == "07") {print $10}' /proc/net/tcp /proc/net/udp
}
# The process and those that it has started.
family() {
    local child
    echo "$1"
    for child in $(cat "/proc/$1/task/$1/children" 2> /dev/null); do
        family "$child"
    done
}
# Does the process, or one of its family, serve its port? The agent's are three.
serves() {
    local held port inode n=0 wanted=1
    held=$(for member in $(family "$1"); do ls -l "/proc/$member/fd" 2> /dev/null; done)
    for port in "${ports[@]}"; do
        for inode in $(sockets_on "$port"); do
            [[ $held != *"socket:[$inode]"* ]] || n=$((n + 1))
        done
    done
    [ -z "$service" ] || [ "$n" = 0 ] || [[ $(cat "/proc/$1/comm" 2> /dev/null) != lars_lb_agent ]] || wanted=3
    # Asleep: it has said all that it says at its start.
    [ "$n" -ge "$wanted" ] && [[ $(cat "/proc/$1/stat" 2> /dev/null) == *") S "* ]]
}

ports=("${shown[@]}") scratch= database=lars_dns
admin() { MYSQL_PWD=aceld mariadb --no-defaults -h 127.0.0.1 -P "$LARS_STAGES_DB" -u root -e "$1"; }
finish() {
    local pid pids=
    for pid in $(jobs -p); do
        pids="$pids $(family "$pid" | tr '\n' ' ')"
    done
    [ -z "$pids" ] || { kill $pids; wait $pids; } 2> /dev/null
    [ -z "$scratch" ] || rm -rf "$scratch"
    [ "$database" = lars_dns ] || admin "DROP DATABASE $database"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

with_ports() {   # the text on stdin with the ports of this run
    local i script=
    for i in "${!shown[@]}"; do
        script="$script;s/\b${shown[i]}\b/${ports[i]}/g"
    done
    [ -z "${LARS_STAGES_DB:-}" ] || script="$script;s/\b3306\b/$LARS_STAGES_DB/g"
    # The database's name, which is the program's and the file's name too.
    sed -E "${script#;};s#(^|[^/_[:alnum:]])lars_dns(\$|[^._[:alnum:]])#\1$database\2#g"
}
with_shown() {
    local i script=
    for i in "${!shown[@]}"; do
        script="$script;s/\b${ports[i]}\b/${shown[i]}/g"
    done
    sed "${script#;};s/\b$database\b/lars_dns/g"
}

play() {
    local line command pid
    while IFS= read -r line <&9; do
        case $line in '$ '*) ;; *) continue ;; esac
        command=${line#'$ '}
        echo "$line"
        eval "$(with_ports <<< "$command")" 2>&1
        case $command in
        *'&')
            pid=$!
            for _ in $(seq 1000); do
                serves $pid && break
                kill -0 $pid 2>/dev/null || return
                sleep 0.01
            done ;;
        esac
    done 9<<< "$block"
}

if [ "$mode" = run ] && [ -z "$service" ]; then
    play
    exit
fi

# Neighbouring ports that nobody uses, above those of the tests (testing/testing.cpp). Several
# transcripts may run at once: each stage begins with ports of its own.
number=$(all_stages | grep -nx "$stage" | cut -d: -f1)
first=$((31000 + 5 * ${number:-0}))
for _ in $(seq 100); do
    busy=
    for i in "${!shown[@]}"; do
        ports[i]=$((first + i))
        busy=$busy$(sockets_on "${ports[i]}")
    done
    [ -n "$busy" ] || break
    first=$((31500 + 5 * (RANDOM % 250)))
done

if [ "$mode" = check ] && [ -n "$service" ] && [ -n "${LARS_STAGES_DB:-}" ]; then
    database=t$$_$RANDOM
    admin "CREATE DATABASE $database CHARACTER SET utf8mb4" || exit 1
fi

# A copy of a stage: its files by links, its configuration with this run's ports.
copy() {
    local entry to=$scratch/$1
    mkdir -p "$to/build"
    for entry in "$stages/$1"/*; do
        case $entry in
        */build) ;;
        */conf) mkdir "$to/conf" && for entry in "$entry"/*; do with_ports < "$entry" > "$to/conf/${entry##*/}"; done ;;
        */run_lars) cp "$entry" "$to/" ;;
        *) ln -s "$entry" "$to/" ;;
        esac
    done
}
scratch=$(mktemp -d)
for part in "$stage" $(setting "$stage" NEEDS); do
    copy "$part"
done
from=$PWD
cd "$scratch/$stage" || exit 1
[ -z "$service" ] || export LARS_AGENT_PORT=${ports[2]} MYSQL_TCP_PORT=${LARS_STAGES_DB:-3306}

if [ "$mode" = run ]; then
    [ -z "${LARS_STAGES_DB:-}" ] ||
        echo "# a private MariaDB runs on 127.0.0.1:$LARS_STAGES_DB until this ends (root, aceld, lars_dns)"
    echo "# ports in this run:$(for i in "${!shown[@]}"; do printf ' %s is %s' "${shown[i]}" "${ports[i]}"; done)"
    play
    echo "# everything that was started is stopped"
    exit
fi
play > "$scratch/actual"
# Somebody else took the port between the look and the bind: once more, with another.
if [ "${tries:=1}" -lt 3 ] && grep -qs 'Address already in use' "$scratch/actual" build/*.log; then
    finish
    cd "$from" && tries=$((tries + 1)) exec "$0" check "$readme"
fi
diff -u --label "$from/$readme" --label "what it printed" <(printf '%s\n' "$block") <(with_shown < "$scratch/actual")
