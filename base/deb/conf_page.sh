#!/bin/bash
# conf_page.sh FILE VERSION: prints the manual page of a configuration, made from its comments.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
name=$(basename "$1")
printf '.TH %s 5 "" "Lars %s"\n' "${name^^}" "$2"
printf '.SH NAME\n%s \\- configuration of %s\n.SH DESCRIPTION\n' "$name" "${name%.conf}"
printf 'Each key is shown with the value that it is installed with.\n.PP\n'
awk -f "$here/roff.awk" -f "$here/conf_page.awk" "$1"
printf '.SH FILES\n.I /etc/lars/%s\n.SH SEE ALSO\n.BR %s (8)\n' "$name" "${name%.conf}"
