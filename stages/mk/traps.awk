# What the parts of traps.sh share. In the name of a test stand the ids of the traps that it is
# about: TcpServer.Trap_R6_X, Dns.Trap_D3_D5_X, Agent.Trap_A3_Trap_A7_X, Limit.D7_X.

# The ids in NAME ("Suite.Name"), with a space between them.
function ids(name,   rest, token, found) {
    if (index(name, "Trap_") > 0)
        rest = substr(name, index(name, "Trap_"))
    else if (name ~ /^Limit\./)
        rest = substr(name, 7)
    while (match(rest, /^(Trap|[RDPA][0-9]+)(_|$)/)) {
        token = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
        sub(/_$/, "", token)
        if (token != "Trap")
            found = found (found == "" ? "" : " ") token
    }
    return found
}
