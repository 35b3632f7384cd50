// The changes since a file of routes was written, one behind the other in a file of their
// own, so that a change costs what it changes:
//
//     lars-routes-journal 1 5f3d0a1b9c7e4422
//     change 1764158401 2 9a0c3b21d7e65f08
//     1 1 192.168.1.177:7777
//     2 1 -
//
// The first line has the checksum of the file whose routes are changed (route_file.h). A
// change has a line with its RouteVersion, the number of its lines and their checksum. These
// have all hosts of each module that has changed, as in a file of routes; of a module that
// is gone, "-". One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "route.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class route_journal {
public:
    // No file is opened yet.
    explicit route_journal(std::string path) : _path(std::move(path)) {}

    // Gets the routes of a change, each module once.
    using change_callback =
        std::function<void(uint64_t version, const std::vector<module_route> &changed)>;
    // Calls EACH for every change of the journal, if it belongs to the file with this
    // CHECKSUM. What is behind the last good one is cut off, and what was wrong there comes
    // back as bad_data, with file and line; where the first line is damaged or cut, that is
    // all of it. A journal of another file, or none, is no error: it is empty.
    status read(const std::string &checksum, const change_callback &each);

    // Adds a change, and forces it to the disk. CHECKSUM is that of the file: with the first
    // change after a read() that found nothing, or a remove(), a new journal begins. After an
    // error the journal is what it was before.
    status append(const std::string &checksum, uint64_t version,
                  const std::vector<module_route> &changed);
    // There is none any more.
    void remove();

    // How long it is, in bytes.
    size_t size() const { return _size; }
    // False once an error has left a part of a change behind that cannot be cut off. Then
    // only remove() helps.
    bool is_whole() const { return _is_whole; }

private:
    status open(bool anew);
    status cut();

    std::string _path;
    unique_fd _file;
    size_t _size = 0;
    bool _is_whole = true;
};

}  // namespace lars
