#!/bin/bash
# check.sh: is the course in order? Ends with "N passed, N failed".
. "$(dirname "$0")/lib.sh"
cd "$stages" || exit 1
passed=0 failed=0
expect() {   # expect DESCRIPTION COMMAND...
    local what=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$what:"
        sed 's/^/    /' <<< "$output"
    fi
}

# A stage touches what its Makefile lists, all of that, and nothing else.
same() {
    local stage=$1 prev listed removed file bad=0
    prev=$(setting "$stage" PREV)
    listed=" $(setting "$stage" CHANGES) " removed=" $(setting "$stage" REMOVES) "
    for file in $( (sources "$stage"; [ -z "$prev" ] || sources "$prev") | LC_ALL=C sort -u); do
        if [ ! -f "$stage/$file" ]; then
            [[ $removed == *" $file "* ]] || { echo "$file of $prev is missing"; bad=1; }
        elif [ -n "$prev" ] && cmp -s "$prev/$file" "$stage/$file"; then
            [[ $listed != *" $file "* ]] || { echo "$file is listed in CHANGES but is that of $prev"; bad=1; }
        else
            [[ $listed == *" $file "* ]] || { echo "$file differs from $prev but is not in CHANGES"; bad=1; }
        fi
    done
    for file in $listed; do
        [ -f "$stage/$file" ] || { echo "$file is in CHANGES but not there"; bad=1; }
    done
    return $bad
}
complete() {
    local file
    for file in README.md README.zh-CN.md Makefile test/limit_test.cpp; do
        [ -f "$1/$file" ] || { echo "$file is missing"; return 1; }
    done
}
# Files that a page links to must exist.
page_links() {
    local file=$1 target bad=0
    for target in $(grep -oE '\]\([^) #]+[)#]' "$file" | sed -E 's/^..//; s/.$//' | grep -v '^http'); do
        [ -e "$(dirname "$file")/$target" ] || { echo "$file: no $target"; bad=1; }
    done
    return $bad
}
# And tests that a README names, in its own stage.
links() {
    local file=$1 name bad=0
    page_links "$file" || bad=1
    for name in $(grep -o '`[A-Za-z0-9]*\.[A-Z][A-Za-z0-9_]*`' "$file" | tr -d '`'); do
        grep -qs "TEST(${name%%.*}, ${name#*.})" "$(dirname "$file")"/test/*.cpp || { echo "$file: no test $name"; bad=1; }
    done
    return $bad
}
# A page about the stages and the product names tests of both.
named_tests() {
    local name bad=0
    for name in $(grep -o '`[A-Za-z0-9]*\.[A-Z][A-Za-z0-9_]*`' "$1" | tr -d '`'); do
        grep -rqsE "TEST(_F)?\(${name%%.*}, ${name#*.}\)" --include='*_test.cpp' ../tests . || { echo "$1: no test $name"; bad=1; }
    done
    return $bad
}
# Each page says how to write the stage oneself: names in code, steps, and the command that judges.
write_it() {
    local file=$1 heading=$2 stage=$3 part
    part=$(awk -v heading="## $heading" '/^## / {inside = $0 == heading} inside' "$file")
    [ -n "$part" ] || { echo "$file: no $heading"; return 1; }
    grep -q '^```cpp' <<< "$part" || grep -q '^| ' <<< "$part" || { echo "$file: $heading shows no names"; return 1; }
    [ "$(grep -cE '^[0-9]+\. ' <<< "$part")" -ge 2 ] || { echo "$file: $heading has no steps"; return 1; }
    grep -q "check-mine STAGE=$stage " <<< "$part" || { echo "$file: $heading does not end in check-mine"; return 1; }
}
# What check-mine tries for the first time in a stage is explained there, by name.
explained() {
    local stage=$1 file=$2 prev name bad=0
    prev=$(setting "$stage" PREV)
    for name in $(blackbox_tests "$stage" | grep -vxF -f <([ "${prev%/*}" != "${stage%/*}" ] || blackbox_tests "$prev"; echo -)); do
        grep -qF "\`$name\`" "$stage/$file" || { echo "$stage/$file does not name $name"; bad=1; }
    done
    return $bad
}
blackbox_tests() {
    sed -nE 's/^TEST(_F)?\(([A-Za-z0-9_]+), ([A-Za-z0-9_]+)\).*/\2.\3/p' "$1"/test/blackbox*_test.cpp
}
# A drawing in two languages: only what is written in it differs.
same_drawing() {
    local drawing=$1
    diff <(sed -E 's/>[^<]+</></g' "$drawing") <(sed -E 's/>[^<]+</></g' "${drawing%.svg}.zh-CN.svg")
}
# README.md and its translation show the same transcript.
same_transcript() {
    diff <(awk '/^```console$/,/^```$/' "$1/README.md") <(awk '/^```console$/,/^```$/' "$1/README.zh-CN.md")
}
# The charts are what the stage's program says now.
charts() {
    local stage=$1 folder chart bad=0
    folder=$(mktemp -d) || return 1
    "$stage/charts.sh" "$folder" || bad=1
    for chart in "$stage"/*.svg "$folder"/*.svg; do
        cmp "$stage/${chart##*/}" "$folder/${chart##*/}" || bad=1
    done
    rm -rf "$folder"
    return $bad
}
# What make print-flags says can be given to a compiler as it stands, from a shell that knows nothing.
print_flags() {
    local stage=$1 output
    output=$(env -i PATH="$PATH" make -s -C "$stage" print-flags) || return 1
    [[ $output != *[\$\`\;\&\|\<\>\(\)\"\']* && $(wc -l <<< "$output") = 1 ]] || { echo "$output"; return 1; }
}
# As git diff writes it: the first line of a file becomes another.
first_line() {   # first_line FILE NEW
    printf 'diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n@@ -1,2 +1,2 @@\n-%s\n+%s\n %s\n' "$1" "$1" "$1" "$1" \
        "$(sed -n 1p "reactor/v0.4/$1")" "$2" "$(sed -n 2p "reactor/v0.4/$1")"
}
# The patch tool, on a copy of two stages: mends two files in both, one of which was mended in
# the later stage before; is content the second time; changes nothing when one does not take it.
patch_tool() {
    local copy header=include/message.h
    copy=$(mktemp -d) || return 1
    mkdir -p "$copy/reactor" && cp -r mk "$copy/" && cp -r reactor/v0.4 reactor/v0.5 "$copy/reactor/" || return 1
    (
        cd "$copy" || exit 1
        { first_line $header '// MENDED'; first_line include/io_buf.h '// MENDED'; } > mend.patch
        sed -i '1s|.*|// MENDED|' reactor/v0.5/$header
        mk/apply-patch.sh reactor/v0.4 mend.patch &&
            cat reactor/v0.*/include/*.h | grep -c '^// MENDED$' | grep -qx 4 &&
            mk/apply-patch.sh reactor/v0.4 mend.patch | grep -c 'has it' | grep -qx 2 || exit 1
        first_line $header '// MENDED AGAIN' > mend.patch
        sed -i '1s/.*/something else/' reactor/v0.5/$header
        ! mk/apply-patch.sh reactor/v0.4 mend.patch && head -n 1 reactor/v0.4/$header | grep -qx '// MENDED'
    )
    local status=$?
    rm -rf "$copy"
    return $status
}
# A binary that crashes, hangs or runs nothing counts as a failure.
runner() {
    local folder script
    folder=$(mktemp -d) || return 1
    (
        cd "$folder" || exit 1
        printf '```console\n$ echo one\none\n```\n' > README.md
        for script in 'kill -SEGV $$' 'true' 'echo "[==========] 0 tests from 0 test suites ran. (0 ms total)"; echo "[  PASSED  ] 0 tests."'; do
            printf '#!/bin/bash\n%s\n' "$script" > t && chmod +x t
            "$stages/mk/run-tests.sh" t > log 2>&1 && exit 1
            tail -n 1 log | grep -qx '1 passed, 1 failed' || { cat log; exit 1; }
        done
        printf '```console\n$ echo one\ntwo\n```\n' > README.md
        printf '#!/bin/bash\necho "[==========] 1 test from 1 test suite ran. (0 ms total)"; echo "[  PASSED  ] 1 test."\n' > t
        "$stages/mk/run-tests.sh" t > log 2>&1
        tail -n 1 log | grep -qx '1 passed, 1 failed'
    )
    local status=$?
    rm -rf "$folder"
    return $status
}

# A port that was given is not given again, also where nobody uses it just now.
ports() {
    local folder
    folder=$(mktemp -d) || return 1
    cat > "$folder/main.cpp" << 'END'
#include "testing.h"
#include <cstdio>
#include <set>
int main()
{
    std::set<uint16_t> given;
    for (int i = 0; i < 200; i++) {
        given.insert(kit::free_port());
    }
    printf("%zu of 200 ports are different ones\n", given.size());
    return given.size() == 200 ? 0 : 1;
}
END
    g++ -std=c++17 -Itesting $(pkg-config --cflags gtest) "$folder/main.cpp" testing/build/plain/libtesting.a \
        $(pkg-config --libs gtest) -pthread -o "$folder/main" && "$folder/main"
    local status=$?
    rm -rf "$folder"
    return $status
}

for stage in $(all_stages); do
    expect "$stage: files that should be the same" same "$stage"
    expect "$stage: complete" complete "$stage"
    expect "$stage: links of README.md" links "$stage/README.md"
    expect "$stage: links of README.zh-CN.md" links "$stage/README.zh-CN.md"
    expect "$stage: README.md leads to its traps" mk/traps.sh check-links "$stage/README.md"
    expect "$stage: README.zh-CN.md leads to its traps" mk/traps.sh check-links "$stage/README.zh-CN.md"
    expect "$stage: the translation's transcript" same_transcript "$stage"
    expect "$stage: Write it yourself" write_it "$stage/README.md" "Write it yourself" "$stage"
    expect "$stage: Write it yourself, in Chinese" write_it "$stage/README.zh-CN.md" 自己动手写 "$stage"
    expect "$stage: new tests explained" explained "$stage" README.md
    expect "$stage: new tests explained in Chinese" explained "$stage" README.zh-CN.md
    for drawing in "$stage"/*.svg; do
        [[ ! -f $drawing || $drawing == *.zh-CN.svg ]] || expect "$drawing: its Chinese version" same_drawing "$drawing"
    done
    [ ! -x "$stage/charts.sh" ] || expect "$stage: charts" charts "$stage"
    [[ $stage == reactor/* ]] || expect "$stage: print-flags" print_flags "$stage"
done
expect "links of the index" links README.md
expect "links of the Chinese index" links README.zh-CN.md
for page in course course.zh-CN from-v0.12 from-v0.12.zh-CN from-course from-course.zh-CN; do
    [ -f "../docs/$page.md" ] || continue
    expect "links of docs/$page.md" page_links "../docs/$page.md"
    expect "tests of docs/$page.md" named_tests "../docs/$page.md"
done
# Their lists of tests are made from the tests.
for page in traps traps.zh-CN; do
    expect "links of docs/$page.md" page_links "../docs/$page.md"
done
expect "tables" mk/tables.sh check
expect "traps" mk/traps.sh check
expect "apply-patch.sh" patch_tool
expect "run-tests.sh" runner
expect "free_port" ports
echo "$passed passed, $failed failed"
[ $failed = 0 ]
