// Writes a file in a thread of its own, so that whoever has something to save never waits
// for the disk. Only the newest of what is to be saved counts: what has not been begun
// when something newer comes is never written. One thread, the owner's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "log.h"
#include "status.h"

namespace lars {

class saving_thread {
public:
    // Writes the file, and may wait for the disk. It runs in the saving thread, perhaps
    // after its owner is gone, so that it has to hold what it needs.
    using job = std::function<status()>;

    // NAME is what log lines call the file.
    saving_thread(std::string name, log_sink log);
    // Waits until what was given to save() is written, for two seconds at most. If a disk
    // does not answer by then, the thread is left behind, and the log says so.
    ~saving_thread();
    saving_thread(const saving_thread &) = delete;
    saving_thread &operator=(const saving_thread &) = delete;

    // Starts the thread, unless it runs. If there can be none, the log says so.
    void start();
    // Has WRITE run, soon. If it fails, the log says so once, and it runs again a second
    // later, and so on, until it succeeds or there is a newer one. Starts the thread, unless
    // it runs.
    void save(job write);

    // Any thread. How long something has been waiting to be saved, in seconds; 0 if all is.
    double seconds_behind() const;

private:
    struct shared;

    std::shared_ptr<shared> _shared;
    std::thread _thread;
};

}  // namespace lars
