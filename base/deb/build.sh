#!/bin/bash
# "make deb": build.sh VERSION. Copies the sources to build/deb/lars-VERSION, puts debian/ into
# the copy, builds the packages there and leaves them in build/deb. What an earlier build
# compiled there is used again. In the environment: DEB_VERSION, the packages' version where it
# is another than VERSION.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

version=$1
package_version=${DEB_VERSION:-$version}
out=build/deb
tree=$out/lars-$version

# What belongs to the sources: in a checkout what git knows or would take, else all but what
# is made here.
source_files()
{
    if [ "$(git rev-parse --show-prefix 2>/dev/null)" = "" ] && git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard
    else
        find . \( -name build -o -path ./run -o -name .git \) -prune -o \( -type f -o -type l \) -printf '%P\0'
    fi
}

# Files that git knows and that were deleted here are no longer sources.
existing_files()
{
    local file
    while IFS= read -r -d '' file; do
        if [ -e "$file" ] || [ -L "$file" ]; then
            printf '%s\0' "$file"
        fi
    done
}

changelog()
{
    local date
    date=$(git log -1 --format=%cD 2>/dev/null) || date=$(date -R)
    cat <<ENTRY
lars ($package_version) unstable; urgency=medium

  * The packages of Lars $version, made by "make deb".

 -- The Lars authors <lars@packages.lars.example>  $date
ENTRY
}

mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
source_files | existing_files | tar -c --null --no-recursion -T - | tar -x -C "$tree"
cp -r base/deb/debian "$tree/debian"
changelog >"$tree/debian/changelog"
find "$out" -maxdepth 1 -type f \( -name '*.deb' -o -name 'lars_*.buildinfo' -o -name 'lars_*.changes' \) -delete

# -nc: the copy is new but for the compiler's work in build/.
(cd "$tree" && dpkg-buildpackage -b -us -uc -nc -J"$(nproc)" >../build.log 2>&1) || {
    tail -n 30 "$out/build.log" >&2
    echo "make deb: the packages cannot be built; the whole log is $out/build.log" >&2
    exit 1
}
(cd "$out" && ls -- *.deb)
