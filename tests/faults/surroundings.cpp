#include "surroundings.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "process.h"

namespace lars::faults {

static bool private_network = false;
static bool private_mounts = false;

static bool write_file(const char *path, const std::string &text)
{
    std::ofstream file(path);
    file << text;
    file.close();
    return file.good();
}

// Who is not root is so in a user namespace of its own.
static bool become_root_inside()
{
    const uid_t uid = geteuid();
    const gid_t gid = getegid();
    if (uid == 0)
        return true;
    return unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1") &&
           write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

static bool start_loopback()
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool up = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return up;
}

void enter_private_surroundings()
{
    if (std::getenv("LARS_FAULTS_SHARED") || !become_root_inside())
        return;
    private_network = unshare(CLONE_NEWNET) == 0 && start_loopback();
    private_mounts =
        unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool have_private_network()
{
    return private_network;
}

bool have_private_mounts()
{
    return private_mounts;
}

static bool change_local_route(const std::string &what, const std::string &ip)
{
    const auto done = test::run("ip", {"route", what, "blackhole", ip + "/32", "table", "local"});
    return done.exit_status == 0;
}

bool cut_off(const std::string &ip)
{
    return private_network && change_local_route("add", ip);
}

bool join_again(const std::string &ip)
{
    return private_network && change_local_route("del", ip);
}

bool mount_small_disk(const std::string &folder, const std::string &size)
{
    return private_mounts &&
           mount("tmpfs", folder.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
}

void unmount_disk(const std::string &folder)
{
    umount2(folder.c_str(), MNT_DETACH);
}

bool fill_disk(const std::string &file)
{
    const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string piece(65536, 'x');
    size_t size = piece.size();
    bool full = false;
    while (fd >= 0 && !full) {
        if (write(fd, piece.data(), size) > 0)
            continue;
        full = size == 1 && errno == ENOSPC;
        if (size == 1)
            break;
        size /= 2;
    }
    close(fd);
    return full;
}

}  // namespace lars::faults
