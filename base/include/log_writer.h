// Where a service's log lines go: to stderr or to a file, written by a thread of its
// own. Whoever writes a line only puts it into a queue, so that no thread that serves
// waits for a disk, or for a pipe that nobody reads.
//
// The queue holds a mebibyte. Lines that find it full, and those that cannot be
// written, are lost and counted; the log tells their number as soon as it can be
// written again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "log.h"
#include "status.h"

namespace lars {

class log_writer {
public:
    // COMPONENT stands in every line. Lines go to stderr; until start() they wait.
    explicit log_writer(std::string component);
    // Writes what waits, for a second at most. What cannot be written by then is lost.
    ~log_writer();
    log_writer(const log_writer &) = delete;
    log_writer &operator=(const log_writer &) = delete;

    // Before start(). From now on lines go to the end of the file PATH, which is made if
    // it is not there. An error names the file.
    status open(const std::string &path);
    // Once. Starts the thread; an error if there can be none.
    status start();

    // Any thread. Opens the file anew, so that one that was renamed is left; only lines
    // written afterwards go to the new one. Does nothing where the log is no file. If it
    // cannot be opened, the old one stays, and the new log line says why.
    void reopen();
    // Any thread. The sink that writes here. It may outlive this object, and then its
    // lines are lost.
    log_sink sink() const;
    // For operators. Any thread. How many lines were lost.
    uint64_t lost() const;

private:
    struct shared;

    std::shared_ptr<shared> _shared;
    std::thread _thread;
};

}  // namespace lars
