# shellcheck shell=bash
# run_lars db: a private MariaDB under $LARS_RUN/db, or a look at the server
# that the configuration names instead.

db_port_wanted=${LARS_DB_PORT:-}
LARS_DB_PORT=${LARS_DB_PORT:-33306}
[[ $LARS_DB_PORT =~ ^[1-9][0-9]{0,4}$ && $LARS_DB_PORT -le 65535 ]] ||
    die "LARS_DB_PORT is not a port: $LARS_DB_PORT"
db_folder=$LARS_RUN/db
db_log=$LARS_RUN/log/db.log

find_server()
{
    PATH=$PATH:/usr/sbin:/usr/local/sbin command -v mariadbd ||
        die "mariadbd is not installed: run_lars deps installs what is missing"
}

find_client()
{
    command -v mariadb || command -v mysql ||
        die "no mariadb client is installed: run_lars deps installs what is missing"
}

# Socket paths are limited to 107 bytes, so below a long path it lives elsewhere.
db_socket()
{
    if [ -f "$db_folder/socket_path" ]; then
        cat "$db_folder/socket_path"
    else
        echo "$db_folder/socket"
    fi
}

# In /tmp anybody may make a folder of that name once it is gone.
is_own_folder()
{
    [ -d "$1" ] && [ -O "$1" ] && [ ! -L "$1" ]
}

choose_socket()
{
    local elsewhere LC_ALL=C
    [ "${#db_folder}" -gt 98 ] || return 0
    [ -f "$db_folder/socket_path" ] && is_own_folder "$(dirname "$(db_socket)")" && return 0
    elsewhere=$(mktemp -d /tmp/lars-db.XXXXXX)
    echo "$elsewhere/socket" >"$db_folder/socket_path"
}

forget_socket()
{
    local folder
    [ -f "$db_folder/socket_path" ] || return 0
    folder=$(dirname "$(db_socket)")
    ! is_own_folder "$folder" || rm -rf -- "$folder"
    rm -f "$db_folder/socket_path"
}

# A server that starts removes the temporary tables it finds, also those of
# another server: so each has a folder of its own for them, as its TMPDIR.
# db_arguments DATA
db_arguments()
{
    printf '%s\n' --no-defaults "--datadir=$1" --innodb-buffer-pool-size=32M \
        --innodb-log-file-size=16M --aria-pagecache-buffer-size=4M --key-buffer-size=1M
    [ "$(id -u)" -ne 0 ] || echo --user=root
}

# Into a folder beside, so that what was interrupted is never taken for whole.
install_db()
{
    local installer arguments
    installer=$(command -v mariadb-install-db) ||
        die "mariadb-install-db is not installed: run_lars deps installs what is missing"
    rm -rf "$db_folder/data.new"
    # As a relative path: the installer takes none with a space in it.
    mapfile -t arguments < <(db_arguments ./data.new)
    # --force: also where not even "localhost" can be looked up.
    (cd "$db_folder" && TMPDIR=$db_folder/tmp "$installer" "${arguments[@]}" --auth-root-authentication-method=socket \
        --auth-root-socket-user="${unix_user:-root}" --skip-test-db --force) \
        >"$db_log" 2>&1 || { show_log_from "$db_log" 0; die "the database cannot be set up"; }
    mv "$db_folder/data.new" "$db_folder/data"
}

load_tables()
{
    db_admin <<<'CREATE DATABASE IF NOT EXISTS lars_dns CHARACTER SET utf8mb4' || return
    set_private_password || return
    db_admin lars_dns <"$LARS_ROOT/base/sql/schema.sql" || return
    # The tables may be those of an older Lars.
    db_admin lars_dns <"$LARS_ROOT/base/sql/upgrade.sql" || return
    [ ! -f "$db_folder/sample_loaded" ] || return 0
    db_admin lars_dns <"$LARS_ROOT/base/sql/sample.sql" || return
    touch "$db_folder/sample_loaded"
}

# The server tells nobody when it is ready, so it is asked, for up to 30 s.
wait_db_answers()
{
    local deadline=$((SECONDS + 30))
    while ! db_admin -e 'SELECT 1' >/dev/null 2>&1; do
        kill -0 "$1" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

port_answers()
{
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# A hint has to lead to a database of one's own: LARS_DB_PORT alone would lead to the
# server that the configurations still name.
other_port()
{
    echo "put $1 as db_port into [mysql] of $db_conf and of $(conf_of lars_reporter)," \
        "and into LARS_DB_PORT (LARS_CONF_DIR may name a folder with copies of the configurations)"
}

# start_private_db [up]
start_private_db()
{
    local pid server arguments log_size
    [ -z "$db_ssl_ca$db_ssl_cert$db_ssl_key" ] ||
        die "the private database has no TLS, for which $db_conf asks"
    mkdir -p "$db_folder/tmp"
    # An "up" that was interrupted may have left one that does not answer yet.
    if pid=$(running_pid db); then
        [ "$(record_line db 3)" = "127.0.0.1:$LARS_DB_PORT" ] ||
            die "the private database runs already, at $(record_line db 3)," \
                "and not where $db_conf says: run_lars db stop"
        choose_private_password "${1:-}"
        { wait_db_answers "$pid" && load_tables; } || die "the database does not take its tables"
        say "database: runs already, $(record_line db 3)"
        return 0
    fi
    server=$(find_server)
    ! port_answers "$LARS_DB_PORT" ||
        die "port $LARS_DB_PORT is taken by something else; $(other_port "a free one")"
    choose_private_password "${1:-}"
    choose_socket
    [ -d "$db_folder/data" ] || { say "database: setting up $db_folder"; install_db; }

    log_size=$(size_of "$db_log")
    mapfile -t arguments < <(db_arguments "$db_folder/data" && admin_arguments)
    arguments+=("--socket=$(db_socket)" "--port=$LARS_DB_PORT" --bind-address=127.0.0.1
        "--pid-file=$db_folder/server.pid" --skip-name-resolve
        --skip-log-bin --performance-schema=OFF --max-connections=100)
    if [ "$foreground" = yes ]; then
        TMPDIR=$db_folder/tmp setsid "$server" "${arguments[@]}" </dev/null >&2 9>&- &
    else
        TMPDIR=$db_folder/tmp setsid "$server" "${arguments[@]}" </dev/null >>"$db_log" 2>&1 9>&- &
    fi
    pid=$!
    # At once, so that it can be stopped whatever happens to this script.
    record_process db "$pid" mariadbd "127.0.0.1:$LARS_DB_PORT"
    if ! wait_db_answers "$pid"; then
        kill -KILL "$pid" 2>/dev/null || true
        rm -f "$LARS_RUN/db.pid"
        show_log_from "$db_log" "$log_size"
        die "the database does not start; the whole log is $db_log"
    fi
    load_tables || die "the database does not take its tables"
    say "database: ready, 127.0.0.1:$LARS_DB_PORT"
}

stop_private_db()
{
    local pid patience=60
    if ! pid=$(running_pid db); then
        rm -f "$LARS_RUN/db.pid"
        say "database: not running"
        return 0
    fi
    # A server that is told to stop while it starts may hang for ever.
    wait_db_answers "$pid" || patience=10
    kill -TERM "$pid" 2>/dev/null || true
    if ! wait_gone "$pid" "$patience"; then
        say "database: does not stop, is killed"
        kill -KILL "$pid" 2>/dev/null || true
        wait_gone "$pid" 10 || die "the database (process $pid) cannot be stopped; its log is $db_log"
    fi
    rm -f "$LARS_RUN/db.pid"
    forget_socket
    say "database: stopped"
}

# Of several servers the first is the one that people are led to.
read_db_addrs()
{
    db_addrs=$(ini_value "$db_conf" mysql db_addrs "")
    [ -n "$db_addrs" ] || return 0
    local first=${db_addrs%%,*}
    first=${first//[[:space:]]/}
    db_host=${first%:*}
    db_port=${first##*:}
}

# Reads what the dns configuration says into db_host, db_port and so on.
read_db_conf()
{
    db_conf=$(conf_of lars_dns)
    db_host=$(ini_value "$db_conf" mysql db_host 127.0.0.1)
    db_port=$(ini_value "$db_conf" mysql db_port "$([ -r "$db_conf" ] && echo 3306 || echo "$LARS_DB_PORT")")
    read_db_addrs
    db_named_socket=$(ini_value "$db_conf" mysql db_socket "")
    db_user=$(ini_value "$db_conf" mysql db_user lars)
    db_passwd=$(ini_value "$db_conf" mysql db_passwd "")
    db_passwd_file=$(ini_value "$db_conf" mysql db_passwd_file "")
    db_ssl_ca=$(ini_value "$db_conf" mysql db_ssl_ca "")
    db_ssl_cert=$(ini_value "$db_conf" mysql db_ssl_cert "")
    db_ssl_key=$(ini_value "$db_conf" mysql db_ssl_key "")
    db_ssl_verify=$(ini_value "$db_conf" mysql db_ssl_verify yes)
    db_name=$(ini_value "$db_conf" mysql db_name lars_dns)
}

db_is_near()
{
    [ -z "$db_named_socket" ] && [[ $db_addrs != *,* ]] &&
        { [ "$db_host" = 127.0.0.1 ] || [ "$db_host" = localhost ]; }
}

db_is_private()
{
    read_db_conf
    if [ -n "$db_named_socket" ]; then
        [ "$db_named_socket" = "$(db_socket)" ]
    else
        db_is_near && [ "$db_port" = "$LARS_DB_PORT" ]
    fi
}

# What looks like a private database, but is not on the port that was asked for.
refuse_half_a_port()
{
    [ -n "$db_port_wanted" ] && db_is_near && [ "$db_user@$db_name" = lars@lars_dns ] || return 0
    die "LARS_DB_PORT is $db_port_wanted, but db_port in $db_conf is $db_port." \
        "For a private database on port $db_port_wanted, $(other_port "$db_port_wanted")"
}

# The client's arguments for the server that the configuration names, for people.
named_db()
{
    if [ -n "$db_named_socket" ]; then
        echo "--user=$db_user --socket=$db_named_socket"
    else
        echo "--user=$db_user --protocol=tcp --host=$db_host --port=$db_port"
    fi
}

# check_as_service PROGRAM TABLE...: by the services' own code, where they are started.
check_as_service()
{
    local said outcome=0 conf path
    path=$(program lars_route)
    conf=$(conf_of "$1")
    shift
    said=$(cd "$LARS_ROOT" && "$path" -c "$conf" check "$@" 2>&1) || outcome=$?
    if [ "$outcome" -eq 0 ]; then
        say "database: $said"
        return 0
    fi
    sed 's/^/    /' <<<"$said" >&2
    [ "$outcome" -ne 3 ] || die "it lacks tables of Lars; this loads them:" \
        "mariadb $(named_db) -p $db_name < $LARS_ROOT/base/sql/schema.sql"
    die "it cannot be used: see [mysql] in $conf"
}

check_named_db()
{
    refuse_half_a_port
    say "database: $db_conf names a server of your own ($(named_db)), which is used as it is"
    check_as_service lars_dns
    [ ! -r "$(conf_of lars_reporter)" ] || check_as_service lars_reporter ServerCallStatus
}

db_shell()
{
    local admin_client
    if db_is_private; then
        [ ! -d "$LARS_RUN" ] || check_state
        running_pid db >/dev/null || die "the database is not running: run_lars db start"
        find_admin_client
        exec "${admin_client[@]}" lars_dns
    fi
    read_password
    exec "$(find_client)" --defaults-file=<(named_db_options) "$db_name"
}

# start_db [up]
start_db()
{
    if db_is_private; then
        start_private_db "${1:-}"
    else
        check_named_db
    fi
}

db_status()
{
    if db_is_private || running_pid db >/dev/null; then
        print_status db
    else
        say "db        is a server of your own, named in $db_conf"
    fi
}

cmd_db()
{
    [ $# -le 1 ] || wrong_use "db takes start, stop, status or shell"
    case ${1:-start} in
    start)
        require_conf lars_dns
        lock_state
        start_db
        ;;
    stop)
        lock_state
        stop_private_db
        ;;
    status) db_status ;;
    shell) db_shell ;;
    *) wrong_use "db takes start, stop, status or shell, not '$1'" ;;
    esac
}
