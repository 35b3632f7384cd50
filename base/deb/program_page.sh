#!/bin/bash
# program_page.sh PROGRAM SECTION: prints the manual page of a built program, made from its
# --help and from its line in the file "programs".
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
name=${1##*/}
what=$(sed -n "s/^$name: //p" "$here/programs")
[ -n "$what" ] || { echo "$0: $here/programs does not say what $name is for" >&2; exit 1; }
version=$("$1" --version)
help=$("$1" --help | sed 's|docs/|/usr/share/doc/lars-tools/|')

printf '.TH %s %s "" "Lars %s"\n' "${name^^}" "$2" "${version##* }"
printf '.SH NAME\n%s \\- %s\n.SH SYNOPSIS\n.nf\n' "$name" "$what"
awk -f "$here/roff.awk" -f "$here/program_page.awk" <<<"$help"
configurations=$([ "$2" != 8 ] || echo ".BR $name.conf (5)")
[ -z "$configurations" ] || printf '.SH FILES\n.I /etc/lars/%s.conf\n.SH SEE ALSO\n%s\n' "$name" "$configurations"
