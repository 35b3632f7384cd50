#!/bin/bash
# with-database.sh [-p PORT] COMMAND...: runs COMMAND beside a private MariaDB, of which
# nothing is left afterwards.
#
# COMMAND finds the server's port in LARS_STAGES_DB: 127.0.0.1, user root, password aceld,
# one empty database lars_dns. Where LARS_STAGES_DB is set a server runs already: COMMAND
# uses that one. Without -p some free port is taken.
set -u
port=
[ "${1:-}" != -p ] || { port=$2; shift 2; }
if [ -n "${LARS_STAGES_DB:-}" ]; then
    exec "$@"
fi

fail() { echo "with-database.sh: $*" >&2; exit 1; }
server=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v mariadbd) && installer=$(command -v mariadb-install-db) ||
    fail "MariaDB is not installed; on Debian: apt install mariadb-server-core mariadb-client-core"

folder=$(mktemp -d /tmp/lars-stages-db.XXXXXX) || exit 1
pid= command_pid=
finish() {
    trap '' INT TERM HUP
    [ -z "$command_pid" ] || kill "$command_pid" 2> /dev/null
    [ -z "$pid" ] || { kill -KILL "$pid"; wait "$pid"; } 2> /dev/null   # nothing in it is kept
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

common=(--no-defaults --datadir="$folder/data" --tmpdir="$folder" --innodb-log-file-size=8M --innodb-buffer-pool-size=32M
    --aria-pagecache-buffer-size=4M --key-buffer-size=1M)
[ "$(id -u)" -ne 0 ] || common+=(--user=root)
# --force: also where not even "localhost" can be looked up.
"$installer" "${common[@]}" --auth-root-authentication-method=normal --skip-test-db --force > "$folder/log" 2>&1 ||
    { tail -n 20 "$folder/log" >&2; fail "the database cannot be set up"; }
cat > "$folder/init.sql" <<'END'
CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY 'aceld';
GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS lars_dns CHARACTER SET utf8mb4;
END

answers() { MYSQL_PWD=aceld mariadb --no-defaults -h 127.0.0.1 -P "$port" -u root -e 'USE lars_dns' > /dev/null 2>&1; }
start() {
    local patience=600
    # It ends with this script, however that ends.
    setpriv --pdeathsig KILL "$server" "${common[@]}" --socket="$folder/socket" --port="$port" --bind-address=127.0.0.1 \
        --skip-name-resolve --skip-log-bin --performance-schema=OFF --innodb-flush-log-at-trx-commit=0 \
        --max-connections=500 --init-file="$folder/init.sql" < /dev/null > "$folder/log" 2>&1 &
    pid=$!
    while ! answers; do
        kill -0 $pid 2> /dev/null && [ $((patience--)) -gt 0 ] || return 1
        sleep 0.05
    done
    # Another server on that port may be what has answered.
    kill -0 $pid 2> /dev/null
}
wanted=$port
for _ in 1 2 3; do
    port=${wanted:-$((10000 + RANDOM % 5000))}   # below those of the tests (testing/testing.cpp)
    start && break
    kill -KILL "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    pid=
    ! grep -q 'in use' "$folder/log" || [ -n "$wanted" ] || continue
    tail -n 20 "$folder/log" >&2
    fail "the database does not start${wanted:+ on port $wanted}"
done
[ -n "$pid" ] || fail "no free port was found for the database"

export LARS_STAGES_DB=$port
"$@" <&0 &
command_pid=$!
wait "$command_pid"
status=$?
command_pid=
exit $status
