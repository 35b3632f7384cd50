// Routes in a text file, for the time when nobody can be asked for them. A file that
// is not whole is refused: its first line has the version of the format, the number
// of rows and a checksum over them.
//
//     lars-routes 1 2 5f3d0a1b9c7e4422
//     1 1 192.168.1.177:7777
//     -1 2 192.168.1.178:7776@50
//
// Each row is a modid, a cmdid and a host, with its weight if that is not 100; the ids
// are signed, as on the wire. A program from before there were weights reads a file in
// which all of them are 100, and refuses one with another weight, naming its line. Any
// thread.
#pragma once

#include <string>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

// Writes ROWS to the file as replace_file() does (whole_file.h): after a crash at any
// moment, and after an error, it is the old file or the new one.
status save_route_file(const std::string &path, const std::vector<route_row> &rows);

// Reads the rows into *ROWS, as they are and in the order of the file: also hosts that
// cannot be called, and rows that come twice. An error names the file, and the line
// where one is wrong; *ROWS is then unchanged.
status load_route_file(const std::string &path, std::vector<route_row> *rows);

}  // namespace lars
