# The lines of a configuration: the comment before a key explains it and those that follow at
# once; one before an empty line or at the beginning is about the file or the section.
function comments(   i) {
    for (i = 1; i <= count; i++)
        print text[i]
    count = 0
}
/^\[/ { comments(); print ".SH SECTION " roff($0); next }
/^# [a-z_]+ = [^ ]+(, [^ ]+)*$/ { print ".TP\n.B " roff(substr($0, 3)) "\n(not set)"; comments(); next }
/^#     / { text[++count] = ".br\n" roff(substr($0, 7)) "\n.br"; next }
/^#$/ { text[++count] = ".PP"; next }
/^#/ { text[++count] = roff(substr($0, 3)); next }
/^$/ { comments(); next }
{ print ".TP\n.B " roff($0); comments() }
