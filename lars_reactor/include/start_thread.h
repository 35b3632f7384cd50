// Starts a thread, with the error as a value.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "status.h"

namespace lars {

// Any thread. Runs RUN in *THREAD, which has to be joined by its owner. An error where
// the system gives no thread, and where *THREAD has one already, which then runs on; it
// says WHAT it would have been.
status start_thread(std::thread *thread, const std::string &what, std::function<void()> run);

}  // namespace lars
