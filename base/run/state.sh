# shellcheck shell=bash
# The folder $LARS_RUN: nobody else may write there, since what is opened there by
# its name must be ours.

# A name that somebody else could have put there: run_lars makes no links.
foreign_name()
{
    local folder places=()
    for folder in "$LARS_RUN" "$LARS_RUN/log" "$LARS_RUN/db"; do
        [ ! -d "$folder" ] || places+=("$folder")
    done
    find "${places[@]}" -mindepth 1 -maxdepth 1 \
        \( -type l -o ! -uid "$EUID" -o -type f -links +1 \) -print -quit
}

check_state()
{
    local mode folder found
    [ -O "$LARS_RUN" ] ||
        die "$LARS_RUN belongs to another user; LARS_RUN may name a folder of your own"
    mode=$(stat -c %a "$LARS_RUN") || die "$LARS_RUN cannot be read"
    [ $((0$mode & 2)) -eq 0 ] ||
        die "everybody may write to $LARS_RUN: look what is in it, then chmod o-w $LARS_RUN"
    # As it is made where the umask is 002. What is in there is looked at after that.
    for folder in "$LARS_RUN" "$LARS_RUN/log" "$LARS_RUN/db"; do
        [ ! -d "$folder" ] || [ -L "$folder" ] || [ ! -O "$folder" ] || chmod go-w "$folder"
    done
    found=$(foreign_name) || die "$LARS_RUN cannot be read"
    [ -z "$found" ] ||
        die "$found is a link or another user's, as nothing in $LARS_RUN may be: remove it"
}

# Makes the folder and its log/. What is made from here on, others cannot read.
prepare_state()
{
    umask 027
    [ -d "$LARS_RUN" ] || mkdir -p -- "$LARS_RUN" || die "$LARS_RUN cannot be made"
    check_state
    mkdir -p "$LARS_RUN/log"
    # Logs and records that an older run_lars made.
    find "$LARS_RUN" "$LARS_RUN/log" -maxdepth 1 -type f -perm /027 \
        -exec chmod u-x,g-wx,o-rwx {} +
}

# One run_lars at a time changes what runs. Whatever is started in the
# background must close descriptor 9, or the lock stays with it.
lock_state()
{
    prepare_state
    exec 9>>"$LARS_RUN/lock"
    flock -w 120 9 || die "another run_lars is busy with $LARS_RUN"
}
