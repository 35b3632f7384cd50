#!/bin/bash
# check-mine.sh STAGE DIR: what a reader has written against the black-box tests of a stage.
# Of a reactor stage DIR/include and DIR/lib/liblreactor.a; of a service's stage DIR/bin and,
# where the tests use it, DIR/api/cpp (lars_api/lars_api.h and lib/liblarsclient.a).
. "$(dirname "$0")/lib.sh"
stage=$1 dir=$2
if [ ! -d "$stages/$stage/test" ] || [ ! -d "$dir" ]; then
    echo "usage: make check-mine STAGE=reactor/v0.5 DIR=folder-with-your-work" >&2
    exit 2
fi
dir=$(cd "$dir" && pwd)
testing=$stages/testing
flags=(-std=c++17 -pthread $(pkg-config --cflags gtest) -I"$testing/build/plain" -I"$testing")
tests=("$stages/$stage"/test/blackbox*_test.cpp)
beside=()
case $stage in
reactor/*)
    needed=(include lib/liblreactor.a)
    flags+=(-I"$dir/include")
    yours=("$dir/lib/liblreactor.a")
    libs=("$testing/build/plain/libtesting.a") ;;
*)
    needed=()
    for program in $(setting "$stage" BINS); do
        [[ $program == lars_* ]] && needed+=("bin/$program")
    done
    # The stage's own messages, and the programs that its tests start beside yours.
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$stages/$stage" all || exit 1
    for part in $(setting "$stage" NEEDS); do
        env -u MAKEFLAGS -u MAKELEVEL make -s -C "$stages/$part" all || exit 1
    done
    flags+=(-I"$stages/$stage/build/proto" $(pkg-config --cflags protobuf mysqlclient))
    yours=()
    [ ! -f "$stages/$stage/build/proto/lars.pb.o" ] || yours+=("$stages/$stage/build/proto/lars.pb.o")
    if grep -qs '"lars_api.h"' "${tests[@]}"; then
        needed+=(api/cpp/lars_api/lars_api.h api/cpp/lib/liblarsclient.a)
        flags+=(-I"$dir/api/cpp/lars_api")
        yours+=("$dir/api/cpp/lib/liblarsclient.a")
    fi
    libs=("$testing/build/plain/libservices.a" "$testing/build/plain/libtesting.a" $(pkg-config --libs protobuf mysqlclient))
    [ -z "$(setting "$stage" DATABASE)" ] || beside=("$stages/mk/with-database.sh") ;;
esac
for part in "${needed[@]}"; do
    [ -e "$dir/$part" ] || { echo "$dir/$part is not there" >&2; exit 2; }
done
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for test in "${tests[@]}"; do
    if ! ${CXX:-g++} "${flags[@]}" -c -o "$out/$(basename "$test").o" "$test" 2> "$out/errors"; then
        grep -m 10 'error:' "$out/errors"
        echo "$(basename "$test") does not compile against your headers: a name or a signature differs from $stage"
        exit 1
    fi
done
if ! ${CXX:-g++} -pthread -o "$out/test" "$out"/*.o "${yours[@]}" "${libs[@]}" $(pkg-config --libs gtest) 2> "$out/errors"; then
    grep -m 10 'undefined reference' "$out/errors" || cat "$out/errors"
    echo "the tests do not link with your library"
    exit 1
fi
# The tests of a service's stage find configurations and tables in its folder.
cd "$stages/$stage" || exit 1
LARS_STAGE_BIN=$dir/bin LARS_STAGE_DIR=$dir timeout -k 5 240 "${beside[@]}" "$out/test" --gtest_color=no > "$out/log" 2>&1
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
