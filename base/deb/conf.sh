#!/bin/bash
# conf.sh FILE: prints one of lars_*/conf/*.conf as its package has it: with the paths of an
# installed system, the usual port of a database, and what an operator does there.
set -euo pipefail

name=$(basename "$1" .conf)
service=${name/lb_/}
service=${service/_/-}
installed=$(sed \
    -e '/^# The database with the routes\./,/^# db_port are not used/c\
# The database with the routes: create it and load /usr/share/lars/sql/schema.sql of\
# lars-tools. With db_socket set, db_host and db_port are not used.' \
    -e '/^# The file whose first line is the password/,/^# itself may stand here/d' \
    -e '/^db_passwd_file = /i\
# The file whose first line is the password, read at each connect. The installation does\
# not make it. It is for root and the service alone (owner root, mode 640):\
#     install -m 640 -g SERVICE /dev/stdin /etc/lars/NAME.passwd\
# takes it from the terminal, up to Ctrl-D. The password itself may stand here instead,\
# as db_passwd = ...: then give this file that group and mode.' \
    -e "s|^db_passwd_file = .*|db_passwd_file = /etc/lars/$name.passwd|" \
    -e 's|^db_port = .*|db_port = 3306|' \
    -e 's|^local = run/.*|local = /run/lars-agent/agent.sock|' \
    -e "s|= run/|= /var/lib/lars/${service#lars-}/|" \
    -e 's|^open_reading = yes|open_reading = no|' \
    -e 's|makes it\. A$|makes it, as the user\n# lars-web: runuser -u lars-web -- lars_web --add-user NAME. A|' \
    -e 's|(docs/web\.md)|(web.md of lars-tools)|' \
    -e 's|"run_lars route|"lars_route|' \
    -e 's|docs/balancing\.md|balancing.md of lars-tools|' "$1" |
    sed -e "s|-g SERVICE|-g $service|; s|/NAME\.|/$name.|")

# Words that the lines above no longer find would send an operator to files that are not there.
if grep -nE '(^|[^/])run/|run_lars|private one|docs/' <<<"$installed"; then
    echo "$0: $1 speaks of the source tree" >&2
    exit 1
fi
printf '%s\n' "$installed"
