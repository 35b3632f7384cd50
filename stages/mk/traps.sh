#!/bin/bash
# traps.sh write|check       the tables of ids and the lists of tests in docs/traps.md and docs/traps.zh-CN.md
# traps.sh links             links each README's first mention of a trap's test to the trap's section there
# traps.sh check-links FILE  has this README all of these links?
. "$(dirname "$0")/lib.sh"
mode=$1
cd "$stages/.." || exit 1
bad=0

# A line for each id in each test's name: id, Suite.Name, file; the stages first, in their order.
all_tests() {
    local stage
    # shellcheck disable=SC2046
    awk "$(cat stages/mk/traps.awk)"'
        /^TEST(_F|_P)?\(/ {
            while ($0 !~ /\)/ && (getline more) > 0)
                $0 = $0 more
            sub(/^[^(]*\( */, "")
            sub(/ *\).*/, "")
            sub(/ *, */, ".")
            n = split(ids($0), found, " ")
            for (i = 1; i <= n; i++)
                print found[i] "\t" $0 "\t" FILENAME
        }' $(for stage in $(all_stages); do ls "stages/$stage"/test/*.cpp; done) \
        $(find tests/unit tests/system -name '*.cpp' | LC_ALL=C sort)
}

# The ids of a page's sections, in its order.
sections() {
    sed -n 's/^### \([RDPA][0-9]*\): .*/\1/p' "$1"
}

# The page as it should be; $tests are those of all_tests.
fresh_page() {   # fresh_page FILE COLON "HEAD OF THE TABLE" "FINAL SYSTEM"
    awk -v all="$(all_stages | tr '\n' ' ')" -v colon="$2" -v head="$3" -v final="$4" '
        BEGIN {
            FS = "\t"
            n = split(all, list, " ")
            for (i = 1; i <= n; i++)
                position[list[i]] = i
        }
        # A test of a stage: "reactor v0.1–v0.3, v0.5"; later stages of the same part make it longer.
        pass == 1 && $3 ~ /^stages\// {
            split($3, folder, "/")
            part = folder[2]
            version = folder[3]
            now = position[part "/" version]
            key = $1 SUBSEP $2
            if (!(key in last)) {
                in_stages[$1] = in_stages[$1] " " $2
                places[key] = part " " version
                begun[key] = ""
            } else if (now == last[key])
                next
            else if (last_part[key] != part)
                { places[key] = places[key] begun[key] "; " part " " version; begun[key] = "" }
            else if (now == last[key] + 1)
                begun[key] = "–" version
            else
                { places[key] = places[key] begun[key] ", " version; begun[key] = "" }
            last[key] = now
            last_part[key] = part
            if (!($1 in first))
                first[$1] = part " " version
            next
        }
        pass == 1 {
            in_final[$1] = in_final[$1] "- `" $2 "`" colon "[" $3 "](../" $3 ")\n"
            next
        }
        pass == 2 {
            if ($0 ~ /^### [RDPA][0-9]+: /) {
                id = title = $0
                sub(/^### /, "", id)
                sub(/:.*/, "", id)
                sub(/^[^:]*: /, "", title)
                row = "| [" id "](#" tolower(id) ") | " title " | " (id in first ? first[id] : final) " |\n"
                table[substr(id, 1, 1)] = table[substr(id, 1, 1)] row
            }
            next
        }
        skip && /^#/ { print FILENAME ": a list without <!-- end --> before " $0 > "/dev/stderr"; exit 1 }
        /^<!-- end -->$/ { skip = 0 }
        !skip { print }
        /^<!-- index [RDPA] -->$/ {
            split($0, word, " ")
            printf "%s\n| --- | --- | --- |\n%s", head, table[word[3]]
            skip = 1
        }
        /^<!-- tests [RDPA][0-9]+ -->$/ {
            split($0, word, " ")
            n = split(in_stages[word[3]], test, " ")
            for (i = 1; i <= n; i++)
                print "- `" test[i] "`" colon places[word[3], test[i]] begun[word[3], test[i]]
            printf "%s", in_final[word[3]]
            skip = 1
        }' pass=1 <(printf '%s\n' "$tests") pass=2 "$1" pass=3 "$1"
}
fill() {   # fill FILE ...: writes it, or says that it is not what it should be
    local fresh
    [ -f "$1" ] || { echo "$1 is not there"; bad=1; return; }
    fresh=$(fresh_page "$@") || { bad=1; return; }
    if [ "$mode" = write ]; then
        printf '%s\n' "$fresh" > "$1"
    elif [ "$fresh" != "$(cat "$1")" ]; then
        echo "$1: its lists are not what the tests are now (make -C stages tables)"
        bad=1
    fi
    # Each trap of a test has a section, each section an anchor, a list, and a test in it.
    for id in $(cut -f 1 <<< "$tests" | sort -u); do
        sections "$1" | grep -qx "$id" || { echo "$1: no section for $id, which has tests"; bad=1; }
    done
    for id in $(sections "$1"); do
        grep -qx "<a id=\"${id,,}\"></a>" "$1" || { echo "$1: no <a id=\"${id,,}\"></a>"; bad=1; }
        grep -qx "<!-- tests $id -->" "$1" || { echo "$1: no <!-- tests $id -->"; bad=1; }
        grep -q "^$id	" <<< "$tests" || { echo "$1: no test shows $id"; bad=1; }
    done
}

# A README with the links that it lacks, or (report=1) a line for each of these.
with_links() {   # with_links FILE REPORT
    local page=docs/traps.md open=' (' shut=')'
    [[ $1 != *.zh-CN.md ]] || page=docs/traps.zh-CN.md open='（' shut='）'
    awk -v report="$2" -v file="$1" -v page="$page" -v open="$open" -v shut="$shut" \
        "$(cat stages/mk/traps.awk)"'
        function link(text, id) {
            return "[" text "](../../../" page "#" tolower(id) ")"
        }
        # How many brackets of TEXT are still open.
        function opened(text,   copy) {
            copy = text
            return gsub(/\[/, "", copy) - gsub(/\]/, "", copy)
        }
        # Those ids of the tests that TEXT mentions which have no link yet, and now get one.
        function missing(text,   name, n, i, found, all) {
            while (match(text, mention)) {
                name = substr(text, RSTART + 1, RLENGTH - 2)
                text = substr(text, RSTART + RLENGTH)
                n = split(ids(name), found, " ")
                for (i = 1; i <= n; i++)
                    if (!(found[i] in linked)) {
                        linked[found[i]] = 1
                        all = all " " found[i]
                        if (report)
                            print file ": no link to " page "#" tolower(found[i]) " for " name
                    }
            }
            return all
        }
        function linked_line(rest,   done, text, n, i, new, inside) {
            while (match(rest, mention)) {
                done = done substr(rest, 1, RSTART - 1)
                text = substr(rest, RSTART, RLENGTH)
                rest = substr(rest, RSTART + RLENGTH)
                # Within a link already: the new ones stand behind it.
                inside = opened(done) > 0 && match(rest, /^[^\[]*\]\([^)]*\)/)
                if (inside) {
                    text = text substr(rest, 1, RLENGTH)
                    rest = substr(rest, RLENGTH + 1)
                }
                n = split(missing(text), new, " ")
                done = done (n > 0 && !inside ? link(text, new[1]) : text)
                for (i = inside ? 1 : 2; i <= n; i++)
                    done = done open link(new[i], new[i]) shut
            }
            return done rest
        }
        BEGIN { mention = "`[^` ]*(Trap_|Limit[.])[RDPA][0-9]+[^` ]*`" }
        pass == 1 {
            copy = $0
            while (match(copy, /docs\/traps[-.a-zA-Z]*md#[rdpa][0-9]+\)/)) {
                target = substr(copy, RSTART, RLENGTH - 1)
                copy = substr(copy, RSTART + RLENGTH)
                if (index(target, page "#") == 1)
                    linked[toupper(substr(target, length(page) + 2))] = 1
            }
            next
        }
        /^```/ { code = !code }
        { text = code ? $0 : linked_line($0) }
        !report { print text }' pass=1 "$1" pass=2 "$1"
}

case $mode in
write | check)
    tests=$(all_tests)
    fill docs/traps.md ": " "| id | trap | first tested in |" "the final system"
    fill docs/traps.zh-CN.md "：" "| 编号 | 陷阱 | 最早测试于 |" "最终系统"
    diff <(sections docs/traps.md) <(sections docs/traps.zh-CN.md) > /dev/null ||
        { echo "docs/traps.md and docs/traps.zh-CN.md have different sections"; bad=1; }
    ;;
links)
    for stage in $(all_stages); do
        for file in "stages/$stage/README.md" "stages/$stage/README.zh-CN.md"; do
            text=$(with_links "$file" 0) && printf '%s\n' "$text" > "$file" || bad=1
        done
    done
    ;;
check-links)
    missing=$(with_links "stages/$2" 1)
    [ -z "$missing" ] || { echo "$missing"; echo "(stages/mk/traps.sh links)"; bad=1; }
    for target in $(grep -oE 'docs/traps[-.a-zA-Z]*#[^)]*' "stages/$2"); do
        grep -qx "<a id=\"${target#*#}\"></a>" "${target%#*}" || { echo "stages/$2: no $target"; bad=1; }
    done
    ;;
*)
    echo "usage: traps.sh write|check|links|check-links FILE"
    bad=2
    ;;
esac
exit $bad
