# The lines of a --help: how the program is called, what it does, and its options, which are
# "  NAME  what it does", with more of that in lines that begin further right.
/^usage: /       { sub(/^usage: /, ""); print roff($0); next }
!described && /^       / { sub(/^ +/, ""); print roff($0); next }
!described       { described = 1; print ".fi\n.SH DESCRIPTION" }
/^$/             { print ".PP"; option = 0; next }
/^  [^ ]/ {
    line = substr($0, 3)
    option = match(line, /   *[^ ]/)
    if (option) {
        print ".TP\n.B " roff(substr(line, 1, option - 1))
        print roff(substr(line, option + RLENGTH - 1))
    } else {
        print ".br\n" roff(line)
        literal = 1
    }
    next
}
option && /^    / { sub(/^ +/, ""); print roff($0); next }
literal          { print ".PP"; literal = 0 }
option           { print ".PP"; option = 0 }
                 { print roff($0) }
