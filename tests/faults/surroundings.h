// What a fault needs from the machine: a network and mounts of this program's own, so that
// an address can be cut off and a disk be full without anybody else noticing.
#pragma once

#include <string>

namespace lars::faults {

// Once, first of all in main(), while there is a single thread: leaves the machine's network
// and mounts for private ones, where that is permitted. Programs that are started later are
// there too. Where it is not permitted, or LARS_FAULTS_SHARED is set, everything stays as it
// is.
void enter_private_surroundings();

// Whether it was permitted. Any thread.
bool have_private_network();
bool have_private_mounts();

// Packets to this address of 127.0.0.0/8 are lost from now on; and arrive again. False if the
// command ip does not do it. With a private network only. Any thread.
bool cut_off(const std::string &ip);
bool join_again(const std::string &ip);

// A small file system of its own on FOLDER, and its end. With private mounts only. Any thread.
bool mount_small_disk(const std::string &folder, const std::string &size);
void unmount_disk(const std::string &folder);

// Writes until there is no room left, into one file; true if nothing fits any more. Removing
// the file makes room again.
bool fill_disk(const std::string &file);

}  // namespace lars::faults
