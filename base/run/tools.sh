# shellcheck shell=bash
# run_lars route and run_lars test: the tools, with the right configuration.

cmd_route()
{
    local path
    path=$(program lars_route)
    exec "$path" -c "$(conf_of lars_dns)" "$@"
}

cmd_test()
{
    local path tool
    case ${1:-} in
    gethost) tool=lars_get_host ;;
    getroute) tool=lars_get_route ;;
    report | simulator | qps | example) tool=lars_$1 ;;
    "") wrong_use "test needs a tool's name" ;;
    *) wrong_use "test knows no tool '$1'" ;;
    esac
    shift
    path=$(program "$tool")
    exec "$path" "$@"
}
