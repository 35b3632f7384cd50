# shellcheck shell=bash
# run_lars demo: the whole system on ports of its own, three real backends, and
# a caller. One backend dies and comes back; the exit status is 0 only if calls
# moved away from it and returned.

demo_module=(10 1)
demo_backends=(red green blue)
demo_victim=green

demo_run=$LARS_RUN/demo
declare -A demo_pid=() demo_address=()
demo_tables=""

demo_step()
{
    printf '\n[%3ds] %s\n' "$SECONDS" "$*"
}

demo_fail()
{
    echo "run_lars demo: FAILED: $*" >&2
    echo "the logs are in $demo_run/log" >&2
    exit 1
}

# run_lars with the demo's own state, configuration and ports.
demo_lars()
{
    LARS_RUN=$demo_run LARS_CONF_DIR=$demo_run/conf LARS_DB_PORT=$demo_port \
        "$LARS_ROOT/run_lars" "$@"
}

demo_sql()
{
    demo_lars db shell <<<"$1" | tail -n +2
}

# Six neighbouring ports that nobody uses, below those that clients get.
choose_demo_ports()
{
    local tries port udp
    for ((tries = 0; tries < 50; tries++)); do
        demo_port=$((10000 + RANDOM % 20000))
        udp=$(awk 'NR > 1 { split($2, a, ":"); print a[2] }' /proc/net/udp)
        for ((port = demo_port; port < demo_port + 6; port++)); do
            ! port_answers "$port" || continue 2
            ! grep -qx "$(printf '%04X' "$port")" <<<"$udp" || continue 2
        done
        return
    done
    demo_fail "no free ports were found"
}

# set_ini FILE SECTION KEY VALUE
set_ini()
{
    awk -v section="[$2]" -v key="$3" -v value="$4" '
        /^\[/ { inside = ($0 == section) }
        inside && $1 == key { print key " = " value; next }
        { print }' "$1" >"$1.new"
    mv "$1.new" "$1"
}

# The configurations that users get, with other ports, and with statistics each
# second rather than each 15 s and a short slow start, so that nobody has to wait.
write_demo_conf()
{
    local name conf=$demo_run/conf
    mkdir -p "$conf"
    for name in lars_dns lars_reporter lars_lb_agent; do
        cp "$(LARS_CONF_DIR='' LARS_CONF='' conf_of "$name")" "$conf/$name.conf"
    done
    set_ini "$conf/lars_dns.conf" reactor port $((demo_port + 1))
    set_ini "$conf/lars_dns.conf" mysql db_host 127.0.0.1
    set_ini "$conf/lars_dns.conf" mysql db_port "$demo_port"
    for name in lars_dns lars_reporter; do
        set_ini "$conf/$name.conf" mysql db_passwd_file "$demo_run/lars_db.passwd"
    done
    for name in lars_dns lars_reporter lars_lb_agent; do
        set_ini "$conf/$name.conf" metrics port 0
    done
    set_ini "$conf/lars_dns.conf" dns snapshot "$demo_run/lars_dns.routes"
    set_ini "$conf/lars_reporter.conf" reactor port $((demo_port + 2))
    set_ini "$conf/lars_reporter.conf" mysql db_host 127.0.0.1
    set_ini "$conf/lars_reporter.conf" mysql db_port "$demo_port"
    set_ini "$conf/lars_lb_agent.conf" dnsserver port $((demo_port + 1))
    set_ini "$conf/lars_lb_agent.conf" reporter port $((demo_port + 2))
    set_ini "$conf/lars_lb_agent.conf" agent port $((demo_port + 3))
    set_ini "$conf/lars_lb_agent.conf" agent route_cache "$demo_run/lars_lb_agent.routes"
    set_ini "$conf/lars_lb_agent.conf" loadbalance report_interval 1
    set_ini "$conf/lars_lb_agent.conf" loadbalance slow_start 3
}

# start_backend NAME IP:PORT; the port may be 0.
start_backend()
{
    local name=$1 ready line=""
    exec {ready}< <(exec "$(program lars_demo_backend)" "${2%:*}" "${2#*:}" "$name" --ready-fd 3 \
        3>&1 >>"$demo_run/log/backend.log" 2>&1 </dev/null)
    demo_pid[$name]=$!
    read -r -t 10 -u "$ready" line || demo_fail "backend $name did not start"
    exec {ready}<&-
    demo_address[$name]=${line#ready }
    echo "backend $name serves on ${demo_address[$name]}"
}

stop_backend()
{
    local pid=${demo_pid[$1]:-}
    [ -n "$pid" ] || return 0
    kill -"$2" "$pid" 2>/dev/null || true
    wait_gone "$pid" 10 || kill -KILL "$pid" 2>/dev/null || true
    unset "demo_pid[$1]"
}

start_caller()
{
    coproc CALLER { exec "$(program lars_demo_caller)" "${demo_module[@]}" --rate 300 --threads 3 \
        --port $((demo_port + 3)) 2>>"$demo_run/log/caller.log"; }
    demo_caller=$CALLER_PID
    exec {demo_ask}>&"${CALLER[1]}" {demo_answer}<&"${CALLER[0]}"
}

stop_demo()
{
    local outcome=$? name
    # A second Ctrl-C must not leave things running.
    trap - EXIT
    trap '' INT TERM
    demo_step "stopping everything"
    if [ -n "${demo_caller:-}" ]; then
        kill "$demo_caller" 2>/dev/null || true
        wait_gone "$demo_caller" 10 || kill -KILL "$demo_caller" 2>/dev/null || true
    fi
    for name in "${!demo_pid[@]}"; do
        stop_backend "$name" TERM
    done
    demo_lars down || outcome=1
    [ "$outcome" -eq 0 ] && echo && echo "demo: everything happened as it should"
    exit "$outcome"
}

# The caller's table of this phase, into $demo_table.
ask_table()
{
    local line=""
    echo print >&"$demo_ask"
    demo_table=""
    while [ "$line" != end ]; do
        read -r -t 10 -u "$demo_answer" line || demo_fail "the caller does not answer"
        demo_table+=$line$'\n'
    done
}

# table_value HOST calls|ok|failed
table_value()
{
    awk -v host="$1" -v what="$2" '
        $1 == host { value = what == "calls" ? $2 : what == "ok" ? $3 : $4 }
        END { print value + 0 }' <<<"$demo_table"
}

total_calls()
{
    awk '$1 ~ /:/ { sum += $2 } END { print sum + 0 }' <<<"$demo_table"
}

# wait_for SECONDS WHAT CONDITION...: looks at a fresh table five times a second.
wait_for()
{
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    while ask_table; ! "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || demo_fail "$what did not happen"
        sleep 0.2
    done
    echo "$what"
}

begin_phase()
{
    echo "phase $1" >&"$demo_ask"
}

# Keeps the table of a phase that is over.
end_phase()
{
    local name calls total
    ask_table
    total=$(total_calls)
    for name in "${demo_backends[@]}"; do
        calls=$(table_value "${demo_address[$name]}" calls)
        demo_tables+=$(printf '%-22s %-7s %-18s %7d %9s %7d %7d' "$1" "$name" \
            "${demo_address[$name]}" "$calls" "$(percent "$calls" "$total")" \
            "$(table_value "${demo_address[$name]}" ok)" \
            "$(table_value "${demo_address[$name]}" failed)")$'\n'
    done
}

all_called()
{
    local name
    for name in "${demo_backends[@]}"; do
        [ "$(table_value "${demo_address[$name]}" ok)" -ge 100 ] || return 1
    done
}

# Long enough for some probes, and for the slow start to be over.
many_calls()
{
    [ "$(total_calls)" -ge 1500 ]
}

# percent PART WHOLE
percent()
{
    awk -v part="$1" -v whole="$2" 'BEGIN { printf "%.2f %%", whole ? 100 * part / whole : 0 }'
}

# The victim's row as the agent has reported it: overload is 1 or 0.
reported_overload()
{
    local address=${demo_address[$demo_victim]}
    [ "$(demo_sql "SELECT overload FROM ServerCallStatus WHERE modid = ${demo_module[0]}
        AND cmdid = ${demo_module[1]} AND ip = INET_ATON('${address%:*}')
        AND port = ${address#*:}")" = "$1" ]
}

require_share()
{
    local calls total
    calls=$(table_value "${demo_address[$demo_victim]}" calls)
    total=$(total_calls)
    [ "$((calls * 100))" "$1" "$((total * $2))" ] ||
        demo_fail "$3: $calls of $total calls"
    echo "$3: $(percent "$calls" "$total") went to $demo_victim, $calls of $total calls"
}

demo_fail_over()
{
    local victim=$demo_victim address name
    address=${demo_address[$victim]}

    demo_step "calling: the caller asks the agent for a host, calls it, reports how it went"
    begin_phase before
    wait_for 30 "every backend has answered 100 calls" all_called
    end_phase "before"
    for name in "${demo_backends[@]}"; do
        [ "$(table_value "${demo_address[$name]}" failed)" -eq 0 ] || demo_fail "calls to $name fail"
    done

    demo_step "killing backend $victim while calls go on"
    begin_phase "killed"
    stop_backend "$victim" KILL
    wait_for 30 "the agent holds $address overloaded" reported_overload 1
    end_phase "killed"
    begin_phase "overloaded"
    wait_for 60 "1500 calls later" many_calls
    end_phase "overloaded"
    require_share -le 1 "calls have moved away (what is left are probes)"
    echo "(with policy = course every eleventh call is a probe: 9.09 %)"

    demo_step "starting backend $victim again"
    begin_phase "restarted"
    start_backend "$victim" "$address"
    wait_for 40 "the agent holds $address idle again" reported_overload 0
    end_phase "restarted"
    begin_phase "slow start"
    wait_for 60 "1500 calls later" many_calls
    end_phase "slow start"
    begin_phase "after"
    wait_for 30 "every backend has answered 100 calls" all_called
    end_phase "after"
    require_share -ge 30 "it gets its share of calls again"
    [ "$(table_value "$address" failed)" -eq 0 ] || demo_fail "calls to $victim fail"
}

show_demo_result()
{
    printf '\n%-22s %-7s %-18s %7s %9s %7s %7s\n%s' phase backend host calls share ok failed \
        "$demo_tables"
    demo_step "what the reporter has stored about the last interval (ServerCallStatus)"
    demo_lars db shell <<<"SELECT modid, cmdid, INET_NTOA(ip) AS ip, port, INET_NTOA(caller) AS caller,
        succ_cnt, err_cnt, overload, FROM_UNIXTIME(ts) AS ts FROM ServerCallStatus" |
        awk -F '\t' '{ printf "%-6s %-6s %-10s %-6s %-10s %-9s %-8s %-9s %s\n", $1, $2, $3, $4, $5, $6, $7, $8, $9 }'
    [ "$(demo_sql 'SELECT COUNT(*) FROM ServerCallStatus')" -ge "${#demo_backends[@]}" ] ||
        demo_fail "the reporter has not stored a row for each backend"
}

cmd_demo()
{
    local name
    [ $# -eq 0 ] || wrong_use "demo takes no arguments"
    SECONDS=0
    demo_step "installing what is missing"
    cmd_deps
    # Other programs than the default ones are somebody else's to build.
    if [ "$LARS_BIN" = "$LARS_ROOT/build/plain/bin" ]; then
        demo_step "building"
        make --no-print-directory -C "$LARS_ROOT" -j"$(nproc)" || demo_fail "it does not build"
    fi

    SECONDS=0
    demo_step "starting database, dns, reporter and agent"
    prepare_state
    choose_demo_ports
    trap stop_demo EXIT
    trap 'exit 130' INT TERM
    demo_lars down >/dev/null
    rm -rf "$demo_run"
    write_demo_conf
    demo_lars up || demo_fail "not everything starts"

    demo_step "starting ${#demo_backends[@]} backends and registering them as module (${demo_module[0]},${demo_module[1]})"
    for name in "${demo_backends[@]}"; do
        start_backend "$name" 127.0.0.1:0
    done
    for name in "${demo_backends[@]}"; do
        demo_lars route add "${demo_module[@]}" "${demo_address[$name]}"
    done
    start_caller
    demo_fail_over
    show_demo_result
}
