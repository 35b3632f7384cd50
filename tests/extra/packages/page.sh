# shellcheck shell=bash
# docs/operate.md on the machine for the packages: what it says to type is typed there as it
# stands. And the pages that the packages bring.

operate=docs/operate.md
password='of the test'

# lines_of_page TEXT: the lines to type from the first that begins with TEXT to an empty one.
lines_of_page()
{
    awk -v "text=    $1" '
        index($0, text) == 1 { found = 1 }
        found && /^$/ { exit }
        found { print substr($0, 5) }' "$operate" | grep . ||
        { echo "$operate has no line '$1'"; return 1; }
}

# type_lines FOLDER: types the lines of standard input there, one after the other; a
# password at each one that asks for it. Nobody is there to say yes to apt.
type_lines()
{
    local line
    while IFS= read -r -u 8 line; do
        line=${line/#apt install/apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install}
        inside bash -c "cd '$1' && $line" <<<"$password" || { echo "$line"; return 1; }
    done 8<&0
}

# type_page FOLDER TEXT
type_page()
{
    local lines
    lines=$(lines_of_page "$2") || { echo "$lines"; return 1; }
    type_lines "$1" <<<"$lines"
}

sql_of_page()
{
    sed -n '/^```sql$/,/^```$/p' "$operate" | grep -v '^```' | sed "s/'\.\.\.'/'$password'/"
}

install_as_page_says()
{
    type_page /packages/old 'apt install mariadb-server' || return
    install_packages old '/liblars*'
}

# login_by_network ADDRESS
login_by_network()
{
    inside mariadb --connect-timeout=5 -h "$1" -u lars_route "-p$password" -e 'SELECT 1 FROM lars_dns.RouteData' 2>&1
}

set_up_database()
{
    local said
    sql_of_page | inside mariadb || return
    ! login_by_network 127.0.0.2 >/dev/null || { echo "it listens on every address already"; return 1; }
    type_page / "sed -i 's/^bind-address" || return
    said=$(login_by_network 127.0.0.2) || { echo "$said"; return 1; }
}

set_up_services()
{
    local pids service said
    pids=$(for service in $services; do main_pid "$service"; done)
    type_page / 'install -m 640 -g lars-dns' && type_page / 'for name in dns' &&
        type_page / "sed 's/^db_user" || return
    said=$(type_page / 'systemctl restart lars-dns') || { echo "$said"; return 1; }
    [[ $said = lars_route@*' answers and has the tables'* ]] || { echo "$said"; return 1; }
    for service in $services; do
        ! grep -qx "$(main_pid "$service")" <<<"$pids" || { echo "lars-$service is the former one"; return 1; }
        runs_as_its_user "$service" || return
    done
    [ "$(inside stat -c '%U:%G %a' /etc/lars/lars_{dns,reporter,web,route}.passwd | paste -sd ' ')" = \
        'root:lars-dns 640 root:lars-reporter 640 root:lars-web 640 root:root 600' ] || { inside ls -l /etc/lars; return 1; }
}

# Of the tools nothing may be the former one when the tables are changed.
upgrade_as_page_says()
{
    inside sh -c 'echo "this is the former one" >/usr/share/lars/sql/upgrade.sql' || return
    inside mariadb lars_dns -e 'DROP TABLE CmdIDConfig' || return
    type_page /packages/new 'apt install ./lars-tools_' || return
    install_packages new '/liblars*' || return
    inside mariadb lars_dns -e 'SELECT 1 FROM CmdIDConfig' || return
}

# The pages lead to nowhere that is not on the machine.
links_of_pages_lead_somewhere()
{
    local folder=/usr/share/doc/lars-tools page target pages links=0
    pages=$(inside sh -c "cd $folder && ls *.md") || return
    for page in $pages; do
        for target in $(inside cat "$folder/$page" | grep -o ']([^)#: ]*' | sed 's/^](//; /^$/d' | sort -u); do
            links=$((links + 1))
            [[ $target = /* ]] || target=$folder/$target
            inside test -e "$target" || { echo "$page leads to $target"; return 1; }
        done
    done
    [ "$links" -gt 20 ] || { echo "there are $links links in these: $pages"; return 1; }
    inside test -s "$folder/operate.md"
}

# is_manual_page PAGE NAME: where it was built must not be seen.
is_manual_page()
{
    inside zcat "$1" >"$work/page" || return
    grep -q "^$2 .- [a-z]" "$work/page" || { echo "$1 does not say what it is"; return 1; }
    grep -q '^\.SH DESCRIPTION$' "$work/page" || { echo "$1 has no description"; return 1; }
    ! grep -E "$PWD|conf/" "$work/page" || return
    ! man --warnings -E UTF-8 -l -Tutf8 "$work/page" 2>&1 >/dev/null | grep .
}

pages_are_there()
{
    local program section conf
    for program in $(inside sh -c 'cd /usr && ls sbin/lars_* bin/lars_*'); do
        section=$([ "${program%/*}" = sbin ] && echo 8 || echo 1)
        is_manual_page "/usr/share/man/man$section/${program#*/}.$section.gz" "${program#*/}" || return
    done
    for conf in $(inside sh -c 'cd /etc/lars && ls *.conf'); do
        is_manual_page "/usr/share/man/man5/$conf.5.gz" "$conf" || return
        grep -q '^\.B port' "$work/page" || { echo "the page of $conf explains no key"; return 1; }
    done
}
