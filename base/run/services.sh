# shellcheck shell=bash
# run_lars up, down, status, and one service in the foreground.

foreground=no  # yes: what is started logs to our stderr

service_program()
{
    case $1 in
    dns) echo lars_dns ;;
    reporter) echo lars_reporter ;;
    lbagent) echo lars_lb_agent ;;
    web) echo lars_web ;;
    esac
}

# The services that "up" starts, in order. The console only where it is configured: a
# LARS_CONF_DIR may be older than it.
services()
{
    echo dns reporter lbagent
    [ ! -f "$(conf_of lars_web)" ] || echo web
}

run_in_foreground()
{
    local name program_name path conf
    name=$1
    shift
    program_name=$(service_program "$name")
    path=$(program "$program_name")
    conf=$(conf_of "$program_name")
    umask 027
    [ -d "$LARS_RUN" ] || prepare_state
    # Relative paths in a configuration start at the root, as they do with "up".
    cd "$LARS_ROOT" || return
    exec "$path" -c "$conf" "$@"
}

# become_service PROGRAM CONF LOG: in the place of this shell, whose stdout is the pipe.
become_service()
{
    [ "$foreground" = no ] || exec setsid "$1" -c "$2" --ready-fd 3 3>&1 >&2 </dev/null 9>&-
    # The log's file is opened by the service too, so that it can be renamed meanwhile.
    exec setsid "$1" -c "$2" --ready-fd 3 -l "$3" 3>&1 >>"$3" 2>&1 </dev/null 9>&-
}

# Starts a service in a session of its own and waits until it says on a pipe
# that it serves. The pipe's end without a word means that it has ended.
start_service()
{
    local name=$1 program_name path conf log log_size pid ready line="" outcome=0 turn
    # An "up" that was interrupted may have left one that nobody has seen ready.
    [ "$(record_line "$name" 3 2>/dev/null)" != starting ] || stop_service "$name"
    if running_pid "$name" >/dev/null; then
        say "$name: runs already, $(record_line "$name" 3)"
        return 0
    fi
    program_name=$(service_program "$name")
    path=$(program "$program_name")
    conf=$(conf_of "$program_name")
    log=$LARS_RUN/log/$program_name.log
    log_size=$(size_of "$log")

    exec {ready}< <(cd "$LARS_ROOT" && become_service "$path" "$conf" "$log")
    pid=$!
    # At once, so that it can be stopped whatever happens to this script.
    record_process "$name" "$pid" "$program_name" starting
    # In short turns: a Ctrl-C just before a read is noticed only after it.
    for ((turn = 0; turn < 20; turn++)); do
        outcome=0
        read -r -t 1 -u "$ready" line || outcome=$?
        [ "$outcome" -gt 128 ] || break
    done
    exec {ready}<&-
    if [ "$outcome" -eq 0 ] && [ "${line%% *}" = ready ]; then
        record_process "$name" "$pid" "$program_name" "${line#ready }"
        say "$name: ready, ${line#ready }"
        return 0
    fi
    rm -f "$LARS_RUN/$name.pid"
    show_log_from "$log" "$log_size"
    if [ "$outcome" -gt 128 ]; then
        kill -TERM "$pid" 2>/dev/null || true
        wait_gone "$pid" 5 || kill -KILL "$pid" 2>/dev/null || true
        die "$name was not ready after 20 s; the whole log is $log"
    fi
    die "$name did not start; the whole log is $log"
}

stop_service()
{
    local name=$1 pid
    if ! pid=$(running_pid "$name"); then
        rm -f "$LARS_RUN/$name.pid"
        say "$name: not running"
        return 0
    fi
    kill -TERM "$pid" 2>/dev/null || true
    if ! wait_gone "$pid" 20; then
        say "$name: does not stop, is killed"
        kill -KILL "$pid" 2>/dev/null || true
        wait_gone "$pid" 10 || die "$name (process $pid) cannot be stopped"
    fi
    rm -f "$LARS_RUN/$name.pid"
    say "$name: stopped"
}

# Prints one line; fails if NAME does not run.
print_status()
{
    local pid
    if pid=$(running_pid "$1"); then
        printf '%-9s runs since %s  %s  (process %s)\n' "$1" "$(record_line "$1" 2)" \
            "$(record_line "$1" 3)" "$pid"
        return
    fi
    printf '%-9s does not run\n' "$1"
    return 1
}

# All that can be wrong with programs and configurations is said before anything starts.
check_services()
{
    local name path conf said
    for name in $(services); do
        path=$(program "$(service_program "$name")")
        require_conf "${path##*/}"
        conf=$(conf_of "${path##*/}")
        said=$(cd "$LARS_ROOT" && "$path" -t -c "$conf" 2>&1) || die "$name: $said"
    done
}

start_everything()
{
    local name
    check_services
    lock_state
    start_db up
    for name in $(services); do
        [ "$name" != web ] || prepare_web
        start_service "$name"
    done
    say_where_web_is
}

cmd_up()
{
    case $* in
    '') start_everything ;;
    --foreground) cmd_up_foreground ;;
    *) wrong_use "up takes --foreground, not '$*'" ;;
    esac
}

cmd_down()
{
    local name
    lock_state
    for name in web lbagent reporter dns; do
        [ "$name" != web ] || [ -f "$(conf_of lars_web)" ] || [ -f "$LARS_RUN/web.pid" ] || continue
        stop_service "$name"
    done
    stop_private_db
}

# Exit status 0 only if everything runs.
cmd_status()
{
    local name outcome=0
    db_status || outcome=1
    for name in $(services); do
        print_status "$name" || outcome=1
    done
    return "$outcome"
}
