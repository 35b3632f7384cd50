# shellcheck shell=bash
# run_lars up: the first user of the console, and where it is.

# web_value KEY FALLBACK, of the section [web]
web_value()
{
    ini_value "$(conf_of lars_web)" web "$1" "$2"
}

web_users()
{
    local users
    users=$(web_value users "")
    [ -n "$users" ] || return 1
    (cd "$LARS_ROOT" && readlink -m "$users")
}

# Where nobody can log in yet: a user who may change everything, with a password that only
# who reads our files finds.
prepare_web()
{
    local users password
    users=$(web_users) || return 0
    [ ! -e "$users" ] || return 0
    password=$(random_word)
    (cd "$LARS_ROOT" && "$(program lars_web)" -c "$(conf_of lars_web)" --add-user admin \
        --right change) <<<"$password" >/dev/null || die "web: no user can be made in $users"
    write_secret "${users%.users}.admin" <<<"$password" ||
        die "web: ${users%.users}.admin cannot be written"
    entry_of_admin "$users" | write_secret "${users%.users}.admin_entry" ||
        die "web: ${users%.users}.admin_entry cannot be written"
}

# entry_of_admin USERS: the line of that file, with right and hash; nothing if there is none.
entry_of_admin()
{
    grep '^user admin ' "$1" 2>/dev/null || true
}

# Whether the password that was made for admin is still his, with the right to change.
knows_password_of_admin()
{
    local users=$1 entry
    [ -r "${users%.users}.admin" ] || return 1
    entry=$(entry_of_admin "$users")
    [ -n "$entry" ] || return 1
    # An older run_lars did not write down what it had made.
    [ ! -r "${users%.users}.admin_entry" ] || [ "$entry" = "$(cat "${users%.users}.admin_entry")" ]
}

say_where_web_is()
{
    local users where
    if [ ! -f "$(conf_of lars_web)" ]; then
        say "web: not started, there is no $(conf_of lars_web)"
        return 0
    fi
    where=$(record_line web 3)
    say "web: open http://$where/ in a browser"
    users=$(web_users) || return 0
    ! knows_password_of_admin "$users" ||
        say "web: to change things, log in as admin with the password in ${users%.users}.admin"
}
