#!/bin/bash
# tests/extra/browser.sh [--screenshots FOLDER]: the console in a real browser, against a whole
# system of its own. With --screenshots it makes those of the README instead. Ends with
# "N passed, N failed".
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1

told=$(mktemp) || exit 1
trap 'rm -f "$told"' EXIT
for step in './run_lars deps chromium chromium-driver python3-selenium fonts-wqy-microhei' "make -s -j$(nproc)"; do
    $step >"$told" 2>&1 || { tail -n 30 "$told"; echo "FAILED  $step"; echo "0 passed, 1 failed"; exit 1; }
done
# Debian's Python, which the package of selenium belongs to.
/usr/bin/python3 -B tests/extra/web_browser.py "$@"
