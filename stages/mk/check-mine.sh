#!/bin/bash
# check-mine.sh STAGE DIR [FROM [TESTS]]: what a reader has written against the black-box tests of a stage.
# Of a reactor stage DIR/include and DIR/lib/liblreactor.a; of a service's stage DIR/bin and,
# where the tests use it, DIR/api/cpp (lars_api/lars_api.h and lib/liblarsclient.a). A relative
# DIR is seen from FROM, the folder that the reader stands in. TESTS: only those with such names,
# as '*Trap*'.
# 0: all expectations are met; 1: not all; 2: there is nothing that could be tried.
. "$(dirname "$0")/lib.sh"
stage=${1#stages/} dir=$2 only=${4:-*}
stage=${stage%/}
dir=${dir/#\~\//$HOME/}   # not every shell has done it
[[ $dir == /* || -z $3 ]] || dir=$3/$dir

# Each test has this long, and waits this long for what must come.
export LARS_TEST_SECONDS=20 LARS_TEST_PATIENCE_MS=5000 LARS_PLAIN_WORDS=yes
limit=30   # for a test that does not even obey its own limit

refuse() {
    printf '%s\n' "$@" >&2
    exit 2
}
all_stages | grep -qxF -- "$stage" || refuse "There is no stage \"$stage\"; say which one as in: make check-mine STAGE=reactor/v0.5 DIR=folder-with-your-work"
[ -n "$2" ] || refuse "Say where your work is: make check-mine STAGE=$stage DIR=folder-with-your-work"
[ -d "$dir" ] || refuse "There is no folder $dir (DIR=$2)."
dir=$(cd "$dir" && pwd) || exit 2

readme="\"Write it yourself\" in stages/$stage/README.md"
testing=$stages/testing
flags=(-std=c++17 -pthread $(pkg-config --cflags gtest) -I"$testing/build/plain" -I"$testing")
tests=("$stages/$stage"/test/blackbox*_test.cpp)
kit=("$testing"/build/plain/{main,testing,peer,slow_peer,child,journal,explain}.o)
beside=()
case $stage in
reactor/*)
    [ -d "$dir/include" ] || refuse "There is no folder include in $dir: your headers belong there, see $readme."
    needed=(lib/liblreactor.a)
    for header in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "${tests[@]}" | sort -u); do
        [ -f "$testing/$header" ] || needed+=("include/$header")
    done
    flags+=(-I"$dir/include")
    yours=("$dir/lib/liblreactor.a")
    libs=() ;;
*)
    needed=()
    for program in $(setting "$stage" BINS); do
        grep -qsF "\"$program\"" "${tests[@]}" && needed+=("bin/$program")
    done
    # The stage's own messages, and the programs that its tests start beside yours.
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$stages/$stage" all || exit 2
    for part in $(setting "$stage" NEEDS); do
        env -u MAKEFLAGS -u MAKELEVEL make -s -C "$stages/$part" all || exit 2
    done
    flags+=(-I"$stages/$stage/build/proto" $(pkg-config --cflags protobuf mysqlclient))
    yours=()
    [ ! -f "$stages/$stage/build/proto/lars.pb.o" ] || yours+=("$stages/$stage/build/proto/lars.pb.o")
    if grep -qs '"lars_api.h"' "${tests[@]}"; then
        needed+=(api/cpp/lars_api/lars_api.h api/cpp/lib/liblarsclient.a)
        flags+=(-I"$dir/api/cpp/lars_api")
        yours+=("$dir/api/cpp/lib/liblarsclient.a")
    fi
    kit+=("$testing/build/plain/services.o")
    [ ! -f "$stages/$stage/proto/lars.proto" ] || kit+=("$testing/build/plain/messages.o")
    libs=($(pkg-config --libs protobuf mysqlclient))
    [ -z "$(setting "$stage" DATABASE)" ] || beside=("$stages/mk/with-database.sh") ;;
esac
for part in "${needed[@]}"; do
    [ -e "$dir/$part" ] || refuse "There is no $part in $dir: $stage is tried with it, see $readme."
    [[ $part != bin/* || -x $dir/$part ]] || refuse "$part in $dir is no program that can be started."
done

out=$(mktemp -d) || exit 2
running=
cleanup() {
    [ -z "$running" ] || { kill -- "-$running"; wait "$running"; } 2> /dev/null
    rm -rf "$out"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

for built in "${yours[@]}" "${needed[@]/#/$dir/}"; do
    newer=$(find "$dir" -newer "$built" \( -name '*.cpp' -o -name '*.cc' -o -name '*.h' \) -print -quit)
    case $built in *.a | */bin/*) [ -z "$newer" ] || { echo "Note: ${newer#"$dir/"} is newer than ${built#"$dir/"}. Is that built from it?"; break; } ;; esac
done
for library in "${yours[@]}"; do
    # It would be the main that runs, in the place of the tests'.
    if [[ $library == *.a ]] && nm -A --defined-only "$library" 2> /dev/null | grep -q ' T main$'; then
        echo "$library holds a main: leave the file with your main out of the library." >&2
        exit 1
    fi
done
for test in "${tests[@]}"; do
    if ! LC_ALL=C ${CXX:-g++} "${flags[@]}" -c -o "$out/$(basename "$test").o" "$test" 2> "$out/errors"; then
        echo "The tests of $stage do not compile with your headers: most often a name or a signature is not the one in $readme."
        sed -n "s|^$stages/||; s|^$dir/||; s/: \(fatal \)\?error: /: /p" "$out/errors" | head -n 10 | sed 's/^/    /'
        exit 1
    fi
done
if ! LC_ALL=C ${CXX:-g++} -pthread -o "$out/test" "$out"/*.o "${kit[@]}" "${yours[@]}" "${libs[@]}" $(pkg-config --libs gtest) 2> "$out/errors"; then
    if grep -q '__[aut]san_\|__ubsan_' "$out/errors"; then
        echo "Your library is built with a sanitizer: build it without for check-mine."
        exit 1
    fi
    echo "The tests of $stage do not link with your library: it lacks what your headers declare (is it the library of another stage?), see $readme."
    { grep -oE 'undefined reference to .*' "$out/errors" | sort -u || cat "$out/errors"; } | head -n 10 | sed 's/^/    /'
    exit 1
fi

cd "$stages/$stage" || exit 2   # a service's tests find configurations and tables there
export LARS_STAGE_BIN=$dir/bin LARS_STAGE_DIR=$dir
export TEST_TMPDIR=$out/
timeout -k 1 10 "$out/test" --gtest_list_tests --gtest_filter="$only" 2> /dev/null |
    awk '/^[^ ]/ {suite = $1} /^  / {print suite $1}' | "$stages/mk/sections.sh" "$stage" > "$out/sections"
cut -f 1 "$out/sections" > "$out/names"   # what is explained first comes first
[ -s "$out/names" ] || [ "$only" = "*" ] || refuse "No black-box test of $stage has a name like $only."
[ -s "$out/names" ] || { echo "The tests of $stage cannot be started with your library: something in it runs before main and does not come back."; exit 1; }

# A process for each test, several at a time, and whatever a test has left behind ends with it.
# Told in their order, as soon as each is done.
set -m
"${beside[@]}" "$stages/mk/run-each.sh" "$out/test" "$limit" "$out/names" "$out" > "$out/log" 2>&1 &
running=$!
set +m
failed=0
while IFS=$'\t' read -r name section; do
    for ((i = 0; i < 10000; i++)); do   # 0.05 s each; run-each.sh ends long before
        [ ! -f "$out/$name.done" ] && kill -0 "$running" 2> /dev/null || break
        sleep 0.05
    done
    status=$(cat "$out/$name.done" 2> /dev/null)
    if [ "$status" = 0 ]; then
        echo "ok      $name"
        continue
    fi
    failed=$((failed + 1))
    echo "FAILED  $name"
    case ${status:-none} in
    [13]) [ -s "$out/$name.log" ] || echo "the test ended without a word" >> "$out/$name.log" ;;
    124 | 137) echo "the test did not end within $limit s" >> "$out/$name.log" ;;
    none) cat "$out/log" > "$out/$name.log" ;;
    *) echo "your code ended the test itself (status $status$( ((status > 128)) && echo ", signal $(kill -l $((status - 128)))"))" >> "$out/$name.log" ;;
    esac
    sed -e 's/^/        /' -e "1s|\$|; see $section.|" "$out/$name.log" | head -n 20
done < "$out/sections"
wait "$running" 2> /dev/null
running=
echo
if [ $failed != 0 ]; then
    echo "$failed of $(wc -l < "$out/names") expectations of $stage are not met yet; begin with the first, others may follow from it."
    exit 1
fi
[ "$only" = "*" ] || { echo "These $(wc -l < "$out/names") expectations of $stage are met."; exit 0; }
echo "All $(wc -l < "$out/names") expectations of $stage are met."
