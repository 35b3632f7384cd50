# Sourced by the other scripts: where the stages are, and what their Makefiles say.
stages=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The stages in the order of the course.
all_stages() {
    local part
    for part in reactor dns reporter agent; do
        (cd "$stages" && ls -d $part/v0.* 2> /dev/null) | sort -V
    done
}

# setting STAGE NAME: the value of NAME in the stage's Makefile.
setting() {
    sed -n "s/^$2 *:= *//p" "$stages/$1/Makefile"
}

# The files that make up a stage, its tests and texts apart: what is built and what is typed.
sources() {
    (cd "$stages/$1" 2> /dev/null && find include src example conf proto sql api test run_lars -type f \
        \( -name '*.h' -o -name '*.cpp' -o -name '*.proto' -o -name '*.conf' -o -name '*.sql' -o -name run_lars \) \
        ! -name '*_test.cpp' ! -path 'test/*.h' 2> /dev/null) | LC_ALL=C sort
}

# result LOG: the "N passed, N failed" at the end of a log; nothing if it did not get there.
# After a failure make has the last word.
result() {
    awk '/^make.*: \*\*\* / && line ~ /, [1-9][0-9]* failed$/ {next} {line = $0} END {print line}' "$1" 2>/dev/null |
        grep -Ex '[0-9]+ passed, [0-9]+ failed'
}
