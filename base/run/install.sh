#!/bin/bash
# What "make install" does after the build: install.sh BUILD_FOLDER PROGRAM...
# In the environment: PREFIX, and where given DESTDIR (put before each path, for
# packages), STATEDIR and LARS_USER (who will run the services: USER or USER:GROUP).
set -euo pipefail

bin=$1/bin
lib=$1/lib
shift
case $PREFIX in
/*) ;;
*) PREFIX=$PWD/$PREFIX ;;
esac
PREFIX=${PREFIX%/}
# A system's own programs keep their state in the system's folder.
state=${STATEDIR:-$([ "$PREFIX" = /usr ] && echo /var/lib/lars || echo "$PREFIX/var/lib/lars")}
case $state in
/*) ;;
*) state=$PWD/$state ;;
esac
to=${DESTDIR:-}$PREFIX

# As a configuration's value, and that as sed's replacement.
case $state in
*[\ \;\#\"]*) quote='"' ;;
*) quote='' ;;
esac
state_value=$(sed 's/[\\&|]/\\&/g' <<<"$state")

install -d "$to/bin" "$to/lib" "$to/include" "$to/etc/lars" "$to/share/lars/sql" \
    "$to/share/lars/scenarios" "$to/share/lars/metrics"
for program; do
    install "$bin/$program" "$to/bin"
done
install -m 644 "$lib/liblarsclient.a" "$to/lib"
# With sanitizers there is no shared library.
if [ -e "$lib/liblars.so" ]; then
    install -m 644 "$(readlink -f "$lib/liblars.so")" "$to/lib"
    cp -d "$lib"/liblars.so "$lib"/liblars.so.[0-9] "$to/lib"
fi
install -m 644 api/cpp/include/lars_client.h "$to/include"
install -m 644 base/metrics/*.yml base/metrics/dashboard.json "$to/share/lars/metrics"
install -m 644 base/sql/*.sql "$to/share/lars/sql"
install -m 644 lars_loadbalance_agent/scenarios/*.scenario "$to/share/lars/scenarios"

[ -d "${DESTDIR:-}$state" ] || install -d -m 750 "${DESTDIR:-}$state"

# They hold no password, only the name of its file, so everybody may read them.
for conf in lars_*/conf/*.conf; do
    file=$to/etc/lars/${conf##*/}
    if [ -e "$file" ]; then
        echo "kept $file"
        continue
    fi
    # Whoever else is on an installed machine has to log in.
    sed "s|= run/\(.*\)|= $quote$state_value/\1$quote|; s/^open_reading = yes/open_reading = no/" \
        "$conf" >"$file.new"
    chmod 644 "$file.new"
    mv "$file.new" "$file"
done

# The services write there, so it belongs to who runs them.
[ -z "${LARS_USER:-}" ] || chown -- "$LARS_USER" "${DESTDIR:-}$state" || {
    echo "make install: all is in its place, but LARS_USER=$LARS_USER cannot get $state" >&2
    exit 1
}
