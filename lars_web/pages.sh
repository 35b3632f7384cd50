#!/bin/sh
# Prints an assembler file that holds the files FOLDER/NAME..., and a table of them, for
# src/pages.cpp. Usage: pages.sh FOLDER NAME...
set -eu
folder=$1
shift

echo '    .section .rodata'
number=0
for name in "$@"; do
    case $name in
    *[!A-Za-z0-9._/-]*) echo "pages.sh: what name is \"$name\"?" >&2; exit 1 ;;
    esac
    printf 'name_%s: .asciz "%s"\n' "$number" "$name"
    printf 'begin_%s: .incbin "%s/%s"\n' "$number" "$folder" "$name"
    printf 'end_%s:\n' "$number"
    number=$((number + 1))
done

# Addresses are filled in when the program is loaded.
echo '    .section .data.rel.ro, "aw"'
echo '    .balign 8'
echo '    .globl lars_web_pages'
echo 'lars_web_pages:'
last=$number
number=0
while [ "$number" -lt "$last" ]; do
    printf '    .dc.a name_%s, begin_%s, end_%s\n' "$number" "$number" "$number"
    number=$((number + 1))
done
echo '    .dc.a 0, 0, 0'
echo '    .section .note.GNU-stack, "", %progbits'
