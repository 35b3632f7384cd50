# shellcheck shell=bash
# A machine for the packages: a fresh Debian in a folder, booted with its own systemd in
# namespaces of its own. Its network is a loopback that nobody else has, so every port is free.
# Whoever reads this has set $work, a folder that goes away with the machine.

machine_root=$work/root
machine_log=$work/machine.log
nspawn=""
leader=""

# The Debian of this machine, from where this machine has it.
debian_sources()
{
    apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' | sort -u
}

# make_root FOLDER_OF_PACKAGES: with all that the packages depend on, but without them.
make_root()
{
    local package depends
    # With alternatives and versions, as apt-get satisfy takes them.
    depends=$(for package in "$1"/*.deb; do
        dpkg-deb -f "$package" Depends
    done | tr ',' '\n' | sed 's/^ *//' | grep -v '^liblars' | sort -u | paste -sd ,)
    debian_sources | mmdebstrap --quiet --mode=root --variant=apt \
        --include=systemd,systemd-sysv,mariadb-server,g++,pkg-config \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook="chroot \"\$1\" apt-get -qq -y --no-install-recommends satisfy '$depends'" \
        '' "$machine_root" - >"$work/root.log" 2>&1 || { cat "$work/root.log"; return 1; }
    mkdir "$machine_root/packages"
}

cgroups_of_machines()
{
    find /sys/fs/cgroup -maxdepth 4 -type d \( -name payload -o -name supervisor \) 2>/dev/null | sort
}

# Runs a command in the machine, as its root.
inside()
{
    nsenter --target "$leader" --all --root --wd env -i DEBIAN_FRONTEND=noninteractive HOME=/root LANG=C.UTF-8 TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

booted()
{
    local state
    leader=$(pgrep -o -P "$nspawn" -x systemd) || return
    state=$(inside systemctl is-system-running 2>/dev/null)
    [ "$state" = running ] || [ "$state" = degraded ]
}

boot_machine()
{
    cgroups_of_machines >"$work/cgroups"
    systemd-nspawn --quiet --directory="$machine_root" --bind-ro="$work/packages:/packages" \
        --register=no --keep-unit --private-network --console=pipe --boot \
        </dev/null >"$machine_log" 2>&1 &
    nspawn=$!
    within 60 booted || { cat "$machine_log"; return 1; }
}

# Its first process takes all others with it, and its mounts are seen by nobody else.
end_machine()
{
    [ -n "$nspawn" ] || return 0
    if [ -n "$leader" ]; then
        kill -KILL "$leader" 2>/dev/null
    else
        kill -KILL "$nspawn" 2>/dev/null
    fi
    wait "$nspawn" 2>/dev/null
    nspawn=""
    comm -13 "$work/cgroups" <(cgroups_of_machines) | while read -r folder; do
        find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null
    done
}
