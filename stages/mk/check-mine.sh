#!/bin/bash
# check-mine.sh STAGE DIR: a reader's own DIR/include and DIR/lib/liblreactor.a against the
# black-box tests of a stage.
. "$(dirname "$0")/lib.sh"
stage=$1 dir=$2
if [ ! -d "$stages/$stage/test" ] || [ ! -d "$dir" ]; then
    echo "usage: make check-mine STAGE=reactor/v0.5 DIR=folder-with-include-and-lib" >&2
    exit 2
fi
dir=$(cd "$dir" && pwd)
for part in include lib/liblreactor.a; do
    [ -e "$dir/$part" ] || { echo "$dir/$part is not there" >&2; exit 2; }
done
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for test in "$stages/$stage"/test/blackbox*_test.cpp; do
    if ! ${CXX:-g++} -std=c++17 -pthread $(pkg-config --cflags gtest) -I"$stages/testing/build/plain" -I"$stages/testing" \
        -I"$dir/include" -c -o "$out/$(basename "$test").o" "$test" 2> "$out/errors"; then
        grep -m 10 'error:' "$out/errors"
        echo "$(basename "$test") does not compile against $dir/include: a name or a signature differs from $stage"
        exit 1
    fi
done
if ! ${CXX:-g++} -pthread -o "$out/test" "$out"/*.o "$dir/lib/liblreactor.a" "$stages/testing/build/plain/libtesting.a" \
    $(pkg-config --libs gtest) 2> "$out/errors"; then
    grep -m 10 'undefined reference' "$out/errors" || cat "$out/errors"
    echo "the tests do not link with $dir/lib/liblreactor.a"
    exit 1
fi
timeout -k 5 240 "$out/test" --gtest_color=no > "$out/log" 2>&1
status=$?
sed -n -e 's/^\[       OK \] \([^ ]*\).*/ok      \1/p' -e 's/^\[  FAILED  \] \([^ ]*\) (.*ms)$/FAILED  \1/p' "$out/log"
if [ $status != 0 ]; then
    echo
    sed -n '/^\[ RUN/{h;d}; H; /^\[  FAILED  \].*ms)$/{g;p}' "$out/log"
    grep -q '^\[==========\] .* ran\.' "$out/log" || { tail -n 20 "$out/log"; echo "the tests did not get to the end (status $status)"; }
    echo "these expectations of $stage are not met yet"
    exit 1
fi
echo "all expectations of $stage are met"
