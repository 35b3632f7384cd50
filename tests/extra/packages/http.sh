# shellcheck shell=bash
# What the programs on the machine for the packages say by HTTP.

# ask PORT METHOD PATH [BODY]
ask()
{
    # shellcheck disable=SC2016
    inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/$1 || exit
        printf "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %s\r\n\r\n%s" \
            "$2" "$3" "${#4}" "$4" >&3
        cat <&3' - "$1" "$2" "$3" "${4:-}"
}

# Each at its port tells what it alone counts, and that it has what it needs.
metrics_are_told()
{
    local port metric
    while read -r -u 8 port metric; do
        ask "$port" GET /metrics >"$work/answer" || return
        grep -q "^$metric" "$work/answer" || { echo "port $port tells no $metric:"; cat "$work/answer"; return 1; }
    done 8<<'METRICS'
9778 lars_dns_database_up 1
9779 lars_reporter_storing_threads_up 3
9888 lars_agent_upstream_connected{upstream="dns"} 1
9780 lars_web_database_up 1
METRICS
}

# An installed console lets nobody look who has not logged in.
console_asks_for_login()
{
    ask 7780 GET /api/v1/modules >"$work/answer" || return
    grep -q '^HTTP/1.1 401' "$work/answer" || { cat "$work/answer"; return 1; }
}

console_lets_user_in()
{
    inside runuser -u lars-web -- lars_web --add-user ann --right change <<<'of the test' || return
    ask 7780 POST /api/v1/login '{"user": "ann", "password": "of the test"}' >"$work/answer" || return
    grep -q '^HTTP/1.1 200' "$work/answer" && grep -q '"right":"change"' "$work/answer" ||
        { cat "$work/answer"; return 1; }
}
