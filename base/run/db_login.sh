# shellcheck shell=bash
# Who gets into the database, and with which password. No password is ever an argument
# or in the environment of a program: others could read it there.

# Empty for a user id without a name, as containers may have.
unix_user=$(id -un 2>/dev/null) || unix_user=""

random_word()
{
    od -An -v -N 18 -tx1 /dev/urandom | tr -d ' \n'
}

# write_secret FILE: what comes in, for this user alone, in one step.
write_secret()
{
    local fresh
    fresh=$(mktemp "$1.XXXXXX" 2>/dev/null) || return
    if ! { cat >"$fresh" && mv -fT "$fresh" "$1"; }; then
        rm -f "$fresh"
        return 1
    fi
}

# The server knows its administrator by his Unix name. One without a name gets a
# password, anew at each start.
admin_arguments()
{
    local word
    [ -z "$unix_user" ] || return 0
    word=$(random_word)
    write_secret "$db_folder/admin.cnf" <<<"[client]
user = lars_admin
password = $word"
    write_secret "$db_folder/admin.sql" <<<"CREATE OR REPLACE USER lars_admin@localhost IDENTIFIED BY '$word';
GRANT ALL ON *.* TO lars_admin@localhost WITH GRANT OPTION;"
    echo "--init-file=$db_folder/admin.sql"
}

# Fills admin_client: how the administrator gets in, through the socket alone.
find_admin_client()
{
    admin_client=("$(find_client)")
    if [ -n "$unix_user" ]; then
        admin_client+=(--no-defaults --user="$unix_user")
    else
        admin_client+=(--defaults-file="$db_folder/admin.cnf")
    fi
    admin_client+=(--socket="$(db_socket)" --default-character-set=utf8mb4)
}

# Somebody may hold a table for as long as he likes; what waits for it holds up others, too.
db_admin()
{
    local admin_client
    find_admin_client
    "${admin_client[@]}" --connect-timeout=5 --init-command="SET SESSION lock_wait_timeout = 5" "$@"
}

# Services start in the root, and relative paths with them.
from_root()
{
    case $1 in
    /*) echo "$1" ;;
    *) echo "$LARS_ROOT/$1" ;;
    esac
}

# first_line FILE: without its end.
first_line()
{
    local line=""
    IFS= read -r line <"$1" || [ -n "$line" ] || return 1
    echo "${line%$'\r'}"
}

# Makes db_passwd what services of this configuration will use.
read_password()
{
    local file
    [ -n "$db_passwd_file" ] || return 0
    file=$(from_root "$db_passwd_file")
    db_passwd=$(first_line "$file" 2>/dev/null) && [ -n "$db_passwd" ] ||
        die "[mysql] db_passwd_file of $db_conf: $file cannot be read or is empty"
}

# The password of the private database: what the configuration has, or a new one in the
# file that it names. "db start" goes on where that file cannot be: db shell needs none.
choose_private_password()
{
    local file
    [ -z "$db_passwd" ] || [ -z "$db_passwd_file" ] ||
        die "[mysql] of $db_conf has both db_passwd and db_passwd_file: only one can be right"
    if [ -z "$db_passwd_file" ]; then
        [ -n "$db_passwd" ] ||
            die "[mysql] of $db_conf has neither db_passwd_file nor db_passwd for the private database"
        return
    fi
    file=$(from_root "$db_passwd_file")
    if [ -e "$file" ] || [ -L "$file" ]; then
        read_password
        [ ! -O "$file" ] || chmod o-rwx "$file"
        return
    fi
    db_passwd=$(random_word)
    mkdir -p "$(dirname "$file")" 2>/dev/null || true
    if ! write_secret "$file" <<<"$db_passwd"; then
        [ "$1" != up ] || die "db_passwd_file of $db_conf: $file cannot be written"
        echo "run_lars: db_passwd_file of $db_conf: $file cannot be written," \
            "so that no service will get in" >&2
    fi
}

# sql_text TEXT: as it stands in a statement.
sql_text()
{
    local text=${1//\\/\\\\}
    printf "'%s'" "${text//\'/\'\'}"
}

# The account of the services gets the password of the configuration each time.
set_private_password()
{
    local account password
    password=$(sql_text "$db_passwd")
    for account in "lars@'127.0.0.1'" "lars@'%'"; do
        echo "CREATE USER IF NOT EXISTS $account IDENTIFIED BY $password;
            ALTER USER $account IDENTIFIED BY $password;
            GRANT ALL ON lars_dns.* TO $account;"
    done | db_admin
}

# option NAME VALUE: a line of an option file.
option()
{
    local value=${2//\\/\\\\}
    [ -z "$2" ] || printf '%s = "%s"\n' "$1" "${value//\"/\\\"}"
}

# The option file of the client for the server that the configuration names: it connects
# as the services do.
named_db_options()
{
    echo '[client]'
    option user "$db_user"
    option password "$db_passwd"
    if [ -n "$db_named_socket" ]; then
        option socket "$db_named_socket"
    else
        option protocol tcp
        option host "$db_host"
        option port "$db_port"
    fi
    [ -n "$db_ssl_ca$db_ssl_cert" ] || return 0
    [ -z "$db_ssl_cert" ] || option ssl-cert "$(from_root "$db_ssl_cert")"
    [ -z "$db_ssl_key" ] || option ssl-key "$(from_root "$db_ssl_key")"
    case $db_ssl_verify in
    false | no | off | 0) db_ssl_ca='' ;;
    *) [ -z "$db_ssl_ca" ] || option ssl-ca "$(from_root "$db_ssl_ca")" ;;
    esac
    case $("$(find_client)" --version) in
    *MariaDB*)
        echo ssl
        [ -n "$db_ssl_ca" ] && echo ssl-verify-server-cert || echo skip-ssl-verify-server-cert
        ;;
    *) option ssl-mode "$([ -n "$db_ssl_ca" ] && echo VERIFY_IDENTITY || echo REQUIRED)" ;;
    esac
}
