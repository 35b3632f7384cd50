#!/bin/bash
# arrange.sh ROOT VERSION MULTIARCH: what "make install" with PREFIX=/usr has put into ROOT
# goes to where Debian has it; the configurations, the pages of docs/, the manual pages and
# lars.pc come with it.
set -euo pipefail

root=$1
version=$2
multiarch=$3
here=$(dirname "$(readlink -f "$0")")
lib=$root/usr/lib/$multiarch

mkdir -p "$root/usr/sbin" "$lib/pkgconfig" "$root/etc/lars"
mv "$root"/usr/bin/{lars_dns,lars_reporter,lars_lb_agent,lars_web} "$root/usr/sbin"
mv "$root"/usr/lib/liblars.so* "$lib"
# For pkg-config's -llars, whichever of the two a program is linked with.
mv "$root/usr/lib/liblarsclient.a" "$lib/liblars.a"
sed "s|@MULTIARCH@|$multiarch|; s|@VERSION@|$version|" "$here/lars.pc.in" >"$lib/pkgconfig/lars.pc"
rm -r "$root/usr/etc" "$root/var"

for conf in lars_*/conf/*.conf; do
    "$here/conf.sh" "$conf" >"$root/etc/lars/${conf##*/}"
    "$here/conf_page.sh" "$root/etc/lars/${conf##*/}" "$version" >"$root/page"
    install -D -m 644 "$root/page" "$root/usr/share/man/man5/${conf##*/}.5"
done
for program in "$root"/usr/sbin/* "$root"/usr/bin/*; do
    section=$([ "$(basename "$(dirname "$program")")" = sbin ] && echo 8 || echo 1)
    "$here/program_page.sh" "$program" "$section" >"$root/page"
    install -D -m 644 "$root/page" "$root/usr/share/man/man$section/${program##*/}.$section"
done
rm "$root/page"
"$here/pages.sh" "$root/usr/share/doc/lars-tools"
