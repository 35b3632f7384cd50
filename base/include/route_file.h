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
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "murmur3.h"
#include "route.h"
#include "status.h"
#include "whole_file.h"

namespace lars {

struct route_file {
    std::vector<route_row> rows;
    uint64_t version = 0;  // RouteVersion; 0: not known
};

// The checksum of routes as text.
class route_checksum {
public:
    // Begins with the VERSION that they are from: one that has changed is damage as well.
    explicit route_checksum(uint64_t version = 0);

    void add(std::string_view text);
    // Of all text so far, in 16 hexadecimal digits.
    std::string digits() const;

private:
    murmur3_sum _high{1};
    murmur3_sum _low{2};
};

// Writes the file as replace_file() does (whole_file.h): after a crash at any moment, and
// after an error, PATH is the old file or the new one. BEFORE says what becomes of the
// old one.
status save_route_file(const std::string &path, const route_file &routes,
                       old_file before = old_file::removed);

// The same for rows that are not all there at once. One thread.
class route_file_writer {
public:
    explicit route_file_writer(const std::string &path) : _file(path) {}

    // Begins a file of so many ROWS. VERSION is that of a route_file.
    status begin(uint64_t rows, uint64_t version);
    // Adds a row, the next one.
    status add(const route_row &row);
    // After the last row. *CHECKSUM becomes what the first line has, which tells this file
    // from others.
    status commit(old_file before, std::string *checksum);

private:
    status flush();

    file_replacement _file;
    std::string _header;  // without the checksum
    std::string _text;    // not written yet
    route_checksum _sum;
};

// Reads the file into *ROUTES, the rows as they are and in their order: also hosts that
// cannot be called, and rows that come twice. An error names the file, and the line where
// one is wrong; *ROUTES is then unchanged.
status load_route_file(const std::string &path, route_file *routes);

// The same, with EACH called for each row. What it was called for before an error is of no
// use. *CHECKSUM becomes what the first line has.
struct route_file_head {
    uint64_t rows = 0;
    uint64_t version = 0;
    std::string checksum;
};
using route_row_callback = std::function<void(const route_row &row)>;
status read_route_file(const std::string &path, const route_row_callback &each,
                       route_file_head *head);

// The same without the disk. The first returns the text that such a file has, the second
// reads one; its errors call it NAME.
std::string route_file_text(const route_file &routes);
status parse_route_file(std::string_view text, const std::string &name, route_file *routes);

// Adds the line that a row has in such a file to *TEXT; reads it, without its end. False
// if it is none.
void append_route_line(const route_row &row, std::string *text);
bool parse_route_line(std::string_view line, route_row *row);

}  // namespace lars
