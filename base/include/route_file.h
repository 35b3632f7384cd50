// Routes in a text file, for the time when the one who knows them cannot be
// asked. A file is whole or refused: its first line carries the format's
// version, the number of rows and a checksum over them.
//
//     lars-routes 1 2 5f3d0a1b9c7e4422
//     1 1 192.168.1.177:7777
//     -1 2 192.168.1.178:7776
//
// Each row is modid, cmdid and host; ids as on the wire. Any thread.
#pragma once

#include <string>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

// Replaces the file in one step: after a crash at any moment it is the old one or
// the new one. After an error the old one is still there.
status save_route_file(const std::string &path, const std::vector<route_row> &rows);

// Reads every row as it stands, in the file's order. After an error, which names
// file and line, *ROWS is what it was.
status load_route_file(const std::string &path, std::vector<route_row> *rows);

}  // namespace lars
