#!/bin/bash
# pages.sh FOLDER: puts the pages for those who run Lars into FOLDER, as a package has them: all
# beside each other. A link to what no package has becomes plain text.
set -euo pipefail

to=$1
mkdir -p "$to/balancing"
cp README.md CHANGELOG.md docs/{balancing,bench,local,operate,reliability,running,security,web}.md docs/web-*.png "$to"
cp docs/balancing/*.svg "$to/balancing"

# targets_of PAGE: its relative links, without what is behind "#".
targets_of()
{
    grep -o ']([^)#: ]*' "$1" | sed 's/^](//; /^$/d; /^\//d' | sort -u
}

for page in "$to"/*.md; do
    sed -i -e 's|](docs/|](|g; s|](\.\./\([A-Z]*\.md\)|](\1|g' \
        -e 's|](\.\./lars_[a-z_]*/conf/|](/etc/lars/|g; s|](\.\./lars_loadbalance_agent/scenarios)|](/usr/share/lars/scenarios)|g' "$page"
    for target in $(targets_of "$page"); do
        # Its words may go over several lines.
        [ -e "$to/$target" ] || sed -i -z "s|\[\([^]]*\)\](${target//./\\.}[^)]*)|\1|g" "$page"
    done
done
