# shellcheck shell=bash
# run_lars deps: what building and running Lars needs, from Debian or Ubuntu; and the
# packages that are named.

wanted_packages='g++ make patch pkg-config protobuf-compiler libprotobuf-dev default-libmysqlclient-dev
    robin-map-dev prometheus-cpp-dev libcpp-httplib-dev nlohmann-json3-dev libssl-dev libcrypt-dev libgtest-dev mariadb-server-core mariadb-client-core openssl'

package_is_there()
{
    local state
    state=$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) || state=
    [ "$state" != installed ] || return 0
    # These two carry a version in their name on some systems.
    case $1 in
    mariadb-server-core) [ -x /usr/sbin/mariadbd ] ;;
    mariadb-client-core) command -v mariadb >/dev/null ;;
    *) return 1 ;;
    esac
}

missing_packages()
{
    local package
    for package in $wanted_packages "$@"; do
        package_is_there "$package" || echo "$package"
    done
}

# The name under which this system has it: mariadb-server-core-10.6 on Ubuntu 22.04.
package_name()
{
    if [ -z "$(apt-cache madison "$1" 2>/dev/null)" ]; then
        local other
        other=$(apt-cache search --names-only "^$1-[0-9.]+\$" | awk '{ print $1 }' | sort -V | tail -n 1)
        [ -z "$other" ] || { echo "$other"; return; }
    fi
    echo "$1"
}

as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

cmd_deps()
{
    local missing=() names=() package
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        die "this is neither Debian nor Ubuntu; install by hand what these packages hold:" \
            "$wanted_packages $*"
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        die "missing packages, and neither root nor sudo to install them: ${missing[*]}"
    fi

    say "Installing with apt: ${missing[*]}"
    as_root apt-get -q -o DPkg::Lock::Timeout=300 update ||
        die "apt-get update failed; the packages wanted are: ${missing[*]}"
    for package in "${missing[@]}"; do
        names+=("$(package_name "$package")")
    done
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends "${names[@]}" ||
        die "apt-get could not install: ${names[*]}"
}
