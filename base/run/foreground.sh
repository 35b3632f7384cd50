# shellcheck shell=bash
# run_lars up --foreground: all parts below one script, with one log on stderr, until it is told
# to stop, or until a part ends. For containers.

cmd_up_foreground()
{
    foreground=yes
    trap stop_foreground EXIT
    trap 'exit 0' INT TERM
    start_everything
    # From now on others may edit routes, and ask for the state.
    exec 9>&-
    local part pid never
    declare -A parts=()
    # The database may be somebody else's.
    ! pid=$(running_pid db) || parts[db]=$pid
    for part in $(services); do
        pid=$(running_pid "$part") || part_has_ended "$part"
        parts[$part]=$pid
    done
    exec {never}<> <(:)
    while true; do
        for part in "${!parts[@]}"; do
            process_lives "${parts[$part]}" || part_has_ended "$part"
        done
        # Nothing ever comes: it is a pause that a signal ends.
        read -r -t 1 -u "$never" || true
    done
}

part_has_ended()
{
    die "$1 has ended: stopping the others"
}

# In a trap a bare "return" would hand on the status from before it.
stop_foreground()
{
    local outcome=$?
    trap - EXIT
    # A second Ctrl-C must not leave things running.
    trap '' INT TERM
    cmd_down
    exit "$outcome"
}
