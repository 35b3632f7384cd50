# shellcheck shell=bash
# run_lars route, explain and test: the tools, with the right configuration.

# The arguments of route export and import, with the whole path of their file: it is named from
# where the caller is.
whole_paths()
{
    local word before=''
    for word; do
        case $before in
        --note | --format) before='' ;;
        *)
            before=$word
            case $word in
            /* | - | --*) ;;
            *) word=$PWD/$word ;;
            esac
            ;;
        esac
        printf '%s\0' "$word"
    done
}

cmd_route()
{
    local path conf arguments=("$@")
    path=$(program lars_route)
    conf=$(conf_of lars_dns)
    case ${1:-} in
    export | import)
        mapfile -d '' -t arguments < <(whole_paths "${@:2}")
        arguments=("$1" "${arguments[@]}")
        ;;
    esac
    # Where the services are started, for relative paths in the configuration.
    cd "$LARS_ROOT" || return
    exec "$path" -c "$conf" "${arguments[@]}"
}

# Where the agent of the configuration listens; it may do so on every address.
find_agent()
{
    local conf ip
    [ -z "${LARS_AGENT:-}" ] || return 0
    require_conf_folder
    conf=$(conf_of lars_lb_agent)
    ip=$(ini_value "$conf" agent ip 127.0.0.1)
    [ "$ip" != 0.0.0.0 ] || ip=127.0.0.1
    export LARS_AGENT=$ip:$(ini_value "$conf" agent port 8888)
}

cmd_explain()
{
    local path
    path=$(program lars_explain)
    find_agent
    exec "$path" "$@"
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
    find_agent
    exec "$path" "$@"
}
