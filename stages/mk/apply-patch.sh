#!/bin/bash
# apply-patch.sh STAGE PATCH: mends a mistake at the stage that made it and in all that follow.
# PATCH is a unified diff (patch -p1) whose paths start below the stage's folder, as from
#     cd stages/reactor/v0.4 && git diff --relative > /tmp/mend.patch
# A file that is already mended is left alone. Unless every stage can take the patch, none does.
. "$(dirname "$0")/lib.sh"
stage=$1 patch=$(realpath "${2:?usage: apply-patch.sh STAGE PATCH}") || exit 2
[ -f "$stages/$stage/Makefile" ] || { echo "no stage $stage" >&2; exit 2; }

# One part a file: each may be mended already, or not.
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
csplit -s -z -f "$parts/" "$patch" '/^diff --git /' '{*}' 2> /dev/null || cp "$patch" "$parts/00"

fits() { (cd "$stages/$1" && patch -p1 -s -f --dry-run "${@:3}" < "$2") > /dev/null 2>&1; }

todo=() wrong=0
for next in $(all_stages | awk -v from="$stage" -F/ -v part="${stage%%/*}" '$1 == part {if ($0 == from) on = 1; if (on) print}'); do
    said="has it"
    for part in "$parts"/*; do
        if fits "$next" "$part" -R; then
            continue
        elif fits "$next" "$part"; then
            todo+=("$next $part")
            said="can be mended"
        else
            said="the patch does not fit: $(grep -m 1 '^+++ ' "$part")"
            wrong=1
            break
        fi
    done
    echo "$next: $said"
done
[ $wrong = 0 ] || { echo "nothing was changed"; exit 1; }
for one in "${todo[@]}"; do
    read -r next part <<< "$one"
    (cd "$stages/$next" && patch -p1 -s -f --no-backup-if-mismatch < "$part") && echo "$next: mended"
done
