#!/bin/bash
# tests/extra/packages.sh: "make deb", and what its packages do on a machine of their own: install,
# serve, be upgraded, removed and purged. Needs root and systemd-nspawn. Ends with
# "N passed, N failed".
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1

[ "$(id -u)" -eq 0 ] || { echo "FAILED  only root can make a machine for the packages"; echo "0 passed, 1 failed"; exit 1; }
work=$(mktemp -d) || exit 1
# shellcheck source=/dev/null
source tests/extra/packages/machine.sh
# shellcheck source=/dev/null
source tests/extra/packages/page.sh
# shellcheck source=/dev/null
source tests/extra/packages/http.sh
trap 'end_machine; rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM

services='dns reporter agent web'
passed=0
failed=0
told=$work/told

# check SENTENCE COMMAND...: what the command prints is shown when it fails.
check()
{
    local sentence=$1
    shift
    if "$@" >"$told" 2>&1; then
        echo "ok      $sentence"
        passed=$((passed + 1))
        return 0
    fi
    echo "FAILED  $sentence"
    uniq "$told" | tail -n 30 | sed 's/^/        /'
    failed=$((failed + 1))
    return 1
}

# Without these the rest has nothing to test.
check_or_end()
{
    check "$@" || finish
}

finish()
{
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# within SECONDS COMMAND...: waits until it succeeds.
within()
{
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# Both versions; build/deb ends with the one that belongs there.
build()
{
    local version
    version=$(sed -n 's/^VERSION *:= *//p' base/mk/flags.mk)
    mkdir -p "$work/packages/old" "$work/packages/new"
    DEB_VERSION=$version+upgrade make -s deb || return
    take_packages "$version+upgrade" new || return
    make -s deb || return
    take_packages "$version" old
}

# take_packages VERSION FOLDER
take_packages()
{
    local package file
    for package in lars-dns lars-reporter lars-agent lars-web lars-tools liblars1 liblars-dev; do
        file=$(echo "build/deb/${package}_$1"_*.deb)
        [ -f "$file" ] || { echo "there is no $file"; return 1; }
        cp "$file" "$work/packages/$2" || return
    done
}

no_errors_of_lintian()
{
    TMPDIR=$work lintian --allow-root --fail-on error build/deb/lars_*.changes
}

# apt SUBCOMMAND...: the machine has no network, and needs none.
apt()
{
    inside apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@"
}

# install_packages old|new [PATTERN]
install_packages()
{
    inside bash -c "apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install /packages/$1${2:-/*}.deb"
}

main_pid()
{
    inside systemctl show -P MainPID "lars-$1"
}

runs_as_its_user()
{
    local pid user
    pid=$(main_pid "$1")
    [ "$pid" != 0 ] && inside systemctl -q is-active "lars-$1" || { inside systemctl status "lars-$1"; return 1; }
    user=$(inside stat -c %U "/proc/$pid")
    [ "$user" = "lars-$1" ] || { echo "lars-$1 runs as $user"; return 1; }
}

all_run()
{
    local service
    for service in $services; do
        runs_as_its_user "$service" || return
    done
}

# What the units ask for is what the processes have.
is_shut_in()
{
    local service pid files
    # Here and there even root may not raise a limit.
    files=$(ulimit -Hn)
    [ "$files" != unlimited ] && [ "$files" -lt 65536 ] || files=65536
    for service in $services; do
        pid=$(main_pid "$service")
        inside grep -q '^NoNewPrivs:.*1$' "/proc/$pid/status" || { echo "lars-$service may get new rights"; return 1; }
        inside grep -q '^CapBnd:.*0000000000000000$' "/proc/$pid/status" || { echo "lars-$service has capabilities"; return 1; }
        inside nsenter -t "$pid" -m findmnt -n -o OPTIONS / | grep -q '^ro' || { echo "lars-$service may write everywhere"; return 1; }
        [ "$(inside awk '/^Max open files/ { print $4 }' "/proc/$pid/limits")" = "$files" ] ||
            { inside cat "/proc/$pid/limits"; return 1; }
    done
}

state_belongs_to_services()
{
    [ "$(inside stat -c '%U %a' /var/lib/lars/dns /var/lib/lars/agent /var/lib/lars/web)" = $'lars-dns 750\nlars-agent 750\nlars-web 750' ] ||
        { inside ls -lR /var/lib/lars; return 1; }
}

units_are_right()
{
    local said
    said=$(inside systemd-analyze verify --man=no lars-dns.service lars-reporter.service lars-agent.service lars-web.service 2>&1) || { echo "$said"; return 1; }
    # It names other units too where this small machine lacks something.
    ! grep lars- <<<"$said"
}

gives_host()
{
    [ "$(inside lars_get_host "$1" "$2" 2>&1)" = "host is $3" ]
}

route_is_pushed()
{
    lines_of_page 'lars_route add 5 1' | head -n 1 | type_lines / || return
    within 20 type_page / 'lars_get_host 5 1' || return
    inside lars_route add 7 1 10.9.8.7:80 || return
    within 20 gives_host 7 1 10.9.8.7:80 || { inside lars_get_host 7 1; inside journalctl -n 20 -u lars-dns -u lars-agent; return 1; }
}

call_is_stored()
{
    [ "$(inside mariadb -N -e 'SELECT succ_cnt FROM lars_dns.ServerCallStatus WHERE modid = 7')" = 3 ]
}

# says TEXT PROGRAM
says()
{
    [ "$(inside "$2")" = "$1" ]
}

# By way of ExecReload the agent takes its edited configuration.
calls_are_stored()
{
    local pid
    pid=$(main_pid agent)
    inside sed -i 's/^update_timeout = .*/update_timeout = 3/' /etc/lars/lars_lb_agent.conf || return
    inside systemctl reload lars-agent || return
    within 10 in_journal agent 'configuration read again' || return
    [ "$(main_pid agent)" = "$pid" ] || return
    for _ in 1 2 3; do
        inside lars_report 7 1 10.9.8.7 80 0 || return
    done
    within 40 call_is_stored
}

in_journal()
{
    inside journalctl --no-pager -o cat -u "lars-$1" | grep -q -- "$2"
}

has_new_pid()
{
    local pid
    pid=$(main_pid "$1")
    [ "$pid" != 0 ] && [ "$pid" != "$2" ]
}

comes_back_after_kill()
{
    local pid
    pid=$(main_pid agent)
    inside kill -KILL "$pid"
    within 20 has_new_pid agent "$pid" && within 20 gives_host 7 1 10.9.8.7:80
}

# The socket of the agent's first port.
agent_socket()
{
    inside awk '$2 ~ /:22B8$/ { print $10 }' /proc/net/udp
}

restart_keeps_sockets()
{
    local before pid
    before=$(agent_socket) pid=$(main_pid agent)
    [ -n "$before" ] && inside systemctl restart lars-agent && within 20 has_new_pid agent "$pid" || return
    within 20 gives_host 7 1 10.9.8.7:80 || return
    [ "$(agent_socket)" = "$before" ] || { echo "the socket was $before and is $(agent_socket)"; return 1; }
}

program_runs()
{
    cp tests/extra/packages/ask.cpp "$machine_root/root" || return
    # shellcheck disable=SC2016
    inside sh -c "cd /root && g++ -std=c++17 $1 ask.cpp \$(pkg-config --cflags --libs $2 lars) -o ask" || return
    within 5 says 'RET_SUCC 10.9.8.7:80' /root/ask || { inside /root/ask; return 1; }
    inside sh -c 'ldd /root/ask 2>&1 || true' | grep "$3"
}

# A configuration that lars_dns does not take, in the line that is told.
break_configuration()
{
    inside sh -c 'echo nonsense >>/etc/lars/lars_dns.conf'
    broken_line="/etc/lars/lars_dns.conf:$(inside grep -c '' /etc/lars/lars_dns.conf)"
}

mend_configuration()
{
    inside sed -i '/^nonsense$/d' /etc/lars/lars_dns.conf
}

tells_what_is_wrong()
{
    grep -q "$broken_line" "$1" && grep -q 'lars-dns: the configuration is wrong' "$1" || { cat "$1"; return 1; }
}

upgrade_keeps_what_runs()
{
    local dns reporter agent
    break_configuration
    dns=$(main_pid dns) reporter=$(main_pid reporter) agent=$(main_pid agent)
    inside sha256sum /etc/lars/lars_dns.conf /etc/lars/lars_lb_agent.conf >"$work/confs"
    upgrade_as_page_says >"$work/upgrade.log" 2>&1 || { cat "$work/upgrade.log"; return 1; }
    [ "$(inside dpkg-query -W -f '${Version}\n' 'lars-*' 'liblars*' | sort -u | grep -c 'upgrade$')" = 1 ] || return
    tells_what_is_wrong "$work/upgrade.log" || return
    [ "$dns" = "$(main_pid dns)" ] || { echo "lars-dns did not go on"; return 1; }
    has_new_pid reporter "$reporter" && has_new_pid agent "$agent" || { echo "lars-reporter and lars-agent are the old ones"; return 1; }
    within 20 gives_host 7 1 10.9.8.7:80
}

configurations_are_kept()
{
    inside sha256sum /etc/lars/lars_dns.conf /etc/lars/lars_lb_agent.conf | diff "$work/confs" -
}

# Once, and the journal says why.
broken_service_stays_down()
{
    inside systemctl restart lars-dns
    within 10 inside systemctl -q is-failed lars-dns || return
    [ "$(inside systemctl show -P NRestarts -P ExecMainStatus lars-dns | paste -sd ' ')" = '0 2' ] ||
        { inside systemctl status lars-dns; return 1; }
    in_journal dns "$broken_line"
}

mended_service_runs()
{
    mend_configuration
    inside systemctl restart lars-dns && runs_as_its_user dns && within 20 gives_host 7 1 10.9.8.7:80
}

remove_packages()
{
    apt remove 'lars-*' 'liblars*'
}

# What grows and goes on a machine by itself.
files_of_machine()
{
    inside find / -xdev \( -path /packages -o -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \
        -o -path /var/tmp -o -path /var/log -o -path /var/lib/mysql -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache \
        -o -path /root -o -path '/etc/*-' \) -prune -o -print | sort
}

# That a service is enabled counts as configuration, for Debian.
only_state_and_configurations_stay()
{
    local service
    for service in $services; do
        ! inside systemctl -q is-active "lars-$service" || { echo "lars-$service runs"; return 1; }
    done
    comm -13 "$work/before" <(files_of_machine) | grep -vE '^/var/lib/systemd/' >"$work/left"
    grep -vE '^/etc/lars(/lars_(dns|reporter|lb_agent|web|route)\.conf|/lars_(dns|reporter|web|route)\.passwd)?$|^/var/lib/lars(/|$)|/multi-user\.target\.wants/lars-' "$work/left" && return 1
    grep -q '^/etc/lars/lars_dns.conf$' "$work/left" && grep -q '^/var/lib/lars/dns/lars_dns.routes$' "$work/left" ||
        { echo "what should stay is gone:"; cat "$work/left"; return 1; }
}

install_over_broken_configuration()
{
    break_configuration
    install_packages old >"$work/install.log" 2>&1 || { cat "$work/install.log"; return 1; }
    tells_what_is_wrong "$work/install.log" || return
    [ "$(main_pid dns)" = 0 ] && runs_as_its_user reporter && runs_as_its_user agent
}

purge_leaves_nothing()
{
    apt purge 'lars-*' 'liblars*' || return
    ! comm -13 "$work/before" <(files_of_machine) | grep .
}

./run_lars deps mmdebstrap systemd-container lintian debhelper dpkg-dev man-db >"$told" 2>&1 ||
    { cat "$told"; failed=1; finish; }
check_or_end 'make deb builds all packages, in two versions' build
check 'lintian finds no errors' no_errors_of_lintian
check_or_end 'a fresh Debian has what they depend on' make_root "$work/packages/old"
check_or_end 'it boots' boot_machine
files_of_machine >"$work/before"

check_or_end 'they are installed as operate.md says' install_as_page_says
check 'each service runs as a user of its own' within 10 all_run
check 'the processes are shut in as the units say' is_shut_in
check 'the folders for state belong to the services' state_belongs_to_services
check 'systemd finds nothing wrong in the units' units_are_right
check 'every program and configuration has a manual page' pages_are_there
check 'the links of the pages lead to what is installed' links_of_pages_lead_somewhere
check_or_end 'the database is set up as operate.md says, and reached at other addresses' set_up_database
check_or_end 'the services and lars_route are set up as operate.md says' set_up_services
check 'a route goes from lars_route to lars_get_host' route_is_pushed
check 'each program tells its metrics' within 20 metrics_are_told
check 'the console asks who one is' console_asks_for_login
check 'the console lets in whom root has added' console_lets_user_in
check 'an edited agent reloads, and calls arrive in the database' calls_are_stored
check 'a service that was killed comes back' comes_back_after_kill
check 'systemd keeps the sockets of an agent that is restarted' restart_keeps_sockets
check 'a program is linked with the shared library' program_runs '' '' 'liblars\.so\.1'
check 'a program is linked with the static library' program_runs -static --static 'not a dynamic executable'

check 'an upgrade as operate.md says, over a broken configuration, leaves what runs' upgrade_keeps_what_runs
check 'the upgrade keeps edited configurations' configurations_are_kept
check 'a service with a broken configuration stays down and says why' broken_service_stays_down
check 'it runs once its configuration is mended' mended_service_runs

check 'they are removed' remove_packages
check 'the removal leaves state and configurations, and nothing else' only_state_and_configurations_stay
check 'an installation over a broken configuration succeeds' install_over_broken_configuration
check 'the purge leaves nothing' purge_leaves_nothing
finish
