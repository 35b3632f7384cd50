# shellcheck shell=bash
# What the parts of run_lars share: places, messages, processes on record.

# Services start in the root, wherever this is called from.
LARS_RUN=$(readlink -m "${LARS_RUN:-$LARS_ROOT/run}")
LARS_BIN=$(readlink -m "${LARS_BIN:-$LARS_ROOT/build/plain/bin}")

say()
{
    echo "$*"
}

die()
{
    echo "run_lars: $*" >&2
    exit 1
}

# The path of a program of ours, which must be built.
program()
{
    [ -x "$LARS_BIN/$1" ] || die "$LARS_BIN/$1 is not there: run make first"
    echo "$LARS_BIN/$1"
}

# The configuration of a program: lars_dns, lars_reporter, lars_lb_agent or lars_web.
conf_of()
{
    local folder=$1
    [ "$1" != lars_lb_agent ] || folder=lars_loadbalance_agent
    if [ "$1" = lars_dns ] && [ -n "${LARS_CONF:-}" ]; then
        readlink -m "$LARS_CONF"
    elif [ -n "${LARS_CONF_DIR:-}" ]; then
        readlink -m "$LARS_CONF_DIR/$1.conf"
    else
        echo "$LARS_ROOT/$folder/conf/$1.conf"
    fi
}

require_conf_folder()
{
    [ -z "${LARS_CONF_DIR:-}" ] || [ -d "$LARS_CONF_DIR" ] ||
        die "LARS_CONF_DIR: there is no folder $LARS_CONF_DIR"
}

# Fails before anything is started, where a configuration is not there.
require_conf()
{
    local conf
    require_conf_folder
    conf=$(conf_of "$1")
    [ -f "$conf" ] && [ -r "$conf" ] || die "the configuration $conf cannot be read"
}

# ini_value FILE SECTION KEY FALLBACK
ini_value()
{
    local value=""
    [ ! -r "$1" ] || value=$(LC_ALL=C awk -v section="[$2]" -v key="$3" '
        NR == 1 { sub(/^\357\273\277/, "") }
        { gsub(/^[ \t\r]+|[ \t\r]+$/, "") }
        /^\[/ { inside = ($0 == section) }
        inside && /=/ {
            name = $0; sub(/[ \t]*=.*/, "", name)
            if (name == key) {
                sub(/^[^=]*=[ \t]*/, "")
                if (/^".*"$/) $0 = substr($0, 2, length($0) - 2)
                print; exit
            }
        }' "$1")
    echo "${value:-$4}"
}

# When a process started, in clock ticks since boot; with its id it is unique.
start_time()
{
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The second field is the name in parentheses, which may hold anything.
    echo "${stat##*) }" | awk '{ print $20 }'
}

# record_process NAME PID PROGRAM WHERE
record_process()
{
    printf '%s %s %s\n%s\n%s\n' "$2" "$(start_time "$2")" "$3" "$(date '+%F %T')" "$4" \
        >"$LARS_RUN/$1.pid"
}

# False too for one that has ended and waits to be reaped: in a container
# nobody may ever do that.
process_lives()
{
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    stat=${stat##*) }
    [ "${stat%% *}" != Z ]
}

# Prints the process id of NAME if what is on record still runs.
running_pid()
{
    local pid started wanted
    read -r pid started wanted 2>/dev/null <"$LARS_RUN/$1.pid" || return 1
    [ -n "$pid" ] && [ "$(start_time "$pid")" = "$started" ] || return 1
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "${wanted:0:15}" ] || return 1
    process_lives "$pid" || return 1
    echo "$pid"
}

# record_line NAME 2|3: since when, where
record_line()
{
    sed -n "$2p" "$LARS_RUN/$1.pid"
}

# wait_gone PID SECONDS
wait_gone()
{
    local turns=$(($2 * 20))
    while process_lives "$1"; do
        [ "$turns" -gt 0 ] || return 1
        turns=$((turns - 1))
        sleep 0.05
    done
}

show_log_from()
{
    tail -c "+$(($2 + 1))" "$1" 2>/dev/null | tail -n 20 | sed 's/^/    /' >&2
}

size_of()
{
    stat -c %s "$1" 2>/dev/null || echo 0
}
