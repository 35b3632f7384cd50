// Routes in a text file, for the time when nobody can be asked for them. A file that
// is not whole is refused: its first line has the version of the format, the number
// of rows, the RouteVersion that they are from, and a checksum over that and the rows.
//
//     lars-routes 2 2 1764158400 5f3d0a1b9c7e4422
//     1 1 192.168.1.177:7777
//     -1 2 192.168.1.178:7776@50
//
// Each row is a modid, a cmdid and a host, with its weight if that is not 100; the ids
// are signed, as on the wire. Rows whose RouteVersion is not known are written in format
// 1, which does not have it and which older programs read too. A program from before there
// were weights refuses a row with one, naming its line. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "route.h"
#include "status.h"
#include "whole_file.h"

namespace lars {

struct route_file {
    std::vector<route_row> rows;
    uint64_t version = 0;  // RouteVersion; 0: not known
};

// Writes the file as replace_file() does (whole_file.h): after a crash at any moment, and
// after an error, PATH is the old file or the new one. BEFORE says what becomes of the
// old one.
status save_route_file(const std::string &path, const route_file &routes,
                       old_file before = old_file::removed);

// Reads the file into *ROUTES, the rows as they are and in their order: also hosts that
// cannot be called, and rows that come twice. An error names the file, and the line where
// one is wrong; *ROUTES is then unchanged.
status load_route_file(const std::string &path, route_file *routes);

// The same without the disk. The first returns the text that such a file has, the second
// reads one; its errors call it NAME.
std::string route_file_text(const route_file &routes);
status parse_route_file(std::string_view text, const std::string &name, route_file *routes);

}  // namespace lars
