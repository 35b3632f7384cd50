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

#include <cstdint>
#include <string>
#include <vector>

#include "endpoint.h"
#include "status.h"

namespace lars {

struct route_row {
    int32_t modid = 0;
    int32_t cmdid = 0;
    endpoint host;

    bool operator==(const route_row &other) const
    {
        return modid == other.modid && cmdid == other.cmdid && host == other.host;
    }
};

// Replaces the file in one step: after a crash at any moment it is the old one
// or the new one. On an error the old one stays.
status save_route_file(const std::string &path, const std::vector<route_row> &rows);

// On an error, which names file and line, *rows stays as it was.
status load_route_file(const std::string &path, std::vector<route_row> *rows);

}  // namespace lars
