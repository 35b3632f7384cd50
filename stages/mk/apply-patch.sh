#!/bin/bash
# apply-patch.sh STAGE PATCH: mends a mistake at the stage that made it and in all that follow.
# PATCH is a unified diff (patch -p1) whose paths start below the stage's folder, as from
#     cd stages/reactor/v0.4 && git diff --relative > /tmp/mend.patch
# A file that is already mended is left alone. Unless every stage can take the patch, none does.
. "$(dirname "$0")/lib.sh"
stage=$1 patch=$(realpath "${2:?usage: apply-patch.sh STAGE PATCH}") || exit 2
[ -f "$stages/$stage/Makefile" ] || { echo "no stage $stage" >&2; exit 2; }
todo=() wrong=0
for next in $(all_stages | awk -v from="$stage" -F/ -v part="${stage%%/*}" '$1 == part {if ($0 == from) on = 1; if (on) print}'); do
    if (cd "$stages/$next" && patch -p1 -R -s -f --dry-run < "$patch") > /dev/null 2>&1; then
        echo "$next: has it"
    elif (cd "$stages/$next" && patch -p1 -s -f --dry-run < "$patch") > /dev/null 2>&1; then
        todo+=("$next")
    else
        echo "$next: the patch does not fit"
        wrong=1
    fi
done
[ $wrong = 0 ] || { echo "nothing was changed"; exit 1; }
for next in "${todo[@]}"; do
    (cd "$stages/$next" && patch -p1 -s -f --no-backup-if-mismatch < "$patch") && echo "$next: mended"
done
